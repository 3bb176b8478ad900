/** What a credential looks like, for people. */
import { type CredentialKind, classifyCredential, findStrangeCredential } from "@agentos/auth";

const KINDS: Readonly<Record<CredentialKind, string>> = {
  none: "is empty",
  jwt: "looks like a JWT",
  "service account token": "looks like a service account token",
  "header with another form": "is not of the form of a bearer credential",
  "header with the scheme twice": 'has the word "Bearer" twice',
  "security key or other text": "looks like a security key, or is no token at all",
};

/** A predicate; never the credential. */
export function describeCredential(token: string | undefined): string {
  const strange = token === undefined ? undefined : findStrangeCredential(token.trim());
  if (strange === undefined) return KINDS[classifyCredential(token)];
  const kind = strange.insteadOfKey ?? strange.facts["credential_kind"];
  return kind === undefined ? "looks like a PASETO, which is no JWT" : `is ${String(kind)}, and no JWT`;
}
