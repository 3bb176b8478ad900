/** Names behind `file:` and `env:`, shown only where they cannot be the secret itself, written there by mistake. */

/** Nobody takes less for a secret. */
const SHORT = 16;

/** `"keys/jwt.pem"`, or undefined where the text may be a secret. */
export function showPath(path: string): string | undefined {
  if (path.length > 200) return undefined;
  const isPath =
    /^(?:~|\.{1,2}|[A-Za-z]:)?[/\\]|\.[A-Za-z0-9]{1,8}$/.test(path) ||
    path.split(/[/\\]/).every((segment) => segment.length < SHORT);
  return isPath ? `"${path}"` : undefined;
}

/** `"JWT_KEY"`, or undefined where the text may be a secret: long, with digits, and in one piece. */
export function showVariable(name: string): string | undefined {
  return name.length >= SHORT && /\d/.test(name) && !name.includes("_") ? undefined : `"${name}"`;
}
