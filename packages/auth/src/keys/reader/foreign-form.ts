/**
 * Names values that are something else than a key, by their form alone (no file or network access). Only ever
 * used to refuse, so guessing is allowed here; what is accepted is always parsed.
 */

import type { KeyVerdict } from "./verdict.ts";

const KEY_FILE_EXTENSION = /\.(?:pem|key|pub|crt|cer|cert|der|json|jwks?|p8|p12|pfx|asc|txt)$/i;
const PATH_START = /^(?:\/|\.{1,2}[/\\]|~[/\\]|[A-Za-z]:[/\\]|\\\\|file:|\$\{?HOME\}?\/|%[A-Za-z_]+%\\)/;
/** Where keys are kept; a base64 secret can start with a slash too, hence no plain `/`. */
const CLEAR_PATH_START =
  /^(?:\/(?:etc|run|var|home|usr|opt|root|tmp|mnt|app|srv|data|secrets?|keys?|certs?|config|vault|Users)\/|\.{1,2}\/|~\/|[A-Za-z]:\\|\\\\|file:)/;
const PADDED_BASE64 = /^[A-Za-z0-9+/]{20,}={1,2}$/;
const PLACEHOLDER =
  /^(?:<[^>]*>|\[[^\]]*\]|\{\{.*\}\}|\$\{?[A-Za-z_][A-Za-z0-9_]*\}?|\*{3,}|x{8,}|\.{3,}|…|(?:your|my|the|insert|paste|put|replace|change)[-_ ].*(?:key|pem|jwk|here|me).*)$/i;

/** `isSecret`: the value may be a shared secret, so only clear cases count. */
export function recogniseForeignForm(text: string, isSecret: boolean): KeyVerdict | undefined {
  if (text.startsWith("PuTTY-User-Key-File-")) return { kind: "private", found: "PuTTY", key: "unsupported" };
  const [, unconvertible] = /^(ssh-(?:dss|ed25519)|sk-[a-z0-9-]+@openssh\.com)\s+AAAA/.exec(text) ?? [];
  if (unconvertible !== undefined) return { kind: "ssh-unconvertible", keyType: unconvertible };
  if (/^(?:ssh-rsa|ecdsa-sha2-[a-z0-9-]+)\s+AAAA/.test(text) || /^-{2,5}\s*BEGIN\s+SSH2/i.test(text))
    return { kind: "ssh" };
  if (/[\r\n]/.test(text)) return undefined;
  if (/^https?:\/\/\S+$/i.test(text)) return { kind: "url" };
  if (text.length <= 4096 && isPath(text, isSecret)) return { kind: "file-path" };
  return !isSecret && PLACEHOLDER.test(text) ? { kind: "placeholder" } : undefined;
}

function isPath(text: string, isSecret: boolean): boolean {
  const hasExtension = KEY_FILE_EXTENSION.test(text);
  if (isSecret) return CLEAR_PATH_START.test(text) || (hasExtension && /[/\\]/.test(text));
  // One base64 secret in 64 starts with a slash. Its padding is the end of no path.
  return (PATH_START.test(text) && !PADDED_BASE64.test(text)) || hasExtension;
}
