/** What a verdict of the reader means where a public key was wanted. */

import { createFault, type Fault, type FaultCode } from "@agentos/contract";
import type { KeyVerdict } from "../reader/verdict.ts";

/** Everything that is no key to verify with. */
export type UnusableVerdict = Exclude<KeyVerdict, { readonly kind: "public" | "json" | "text" }>;

/** Where the verdict says it all. */
const CODES = {
  encrypted: "KEY_ENCRYPTED",
  certificate: "KEY_CERTIFICATE",
  "certificate-request": "KEY_CERTIFICATE_REQUEST",
  "body-missing": "KEY_BODY_MISSING",
  "plus-lost": "KEY_PLUS_LOST",
  binary: "KEY_BINARY",
  placeholder: "KEY_PLACEHOLDER",
  ssh: "KEY_OPENSSH",
  url: "KEY_URL",
} as const satisfies Partial<Record<UnusableVerdict["kind"], FaultCode>>;

const VARIABLE = /^[A-Z][A-Z0-9_]*$/;

/** Facts of `KEY_EMPTY`. */
export function describeEmpty({ isQuoted }: Extract<KeyVerdict, { readonly kind: "empty" }>) {
  return { empty_found: isQuoted ? "is a pair of quotes around nothing" : "is empty" };
}

/** Facts of `KEY_TOO_LARGE`. */
export function describeTooLarge({
  characters: bytes,
  limit,
  isPadded,
}: Extract<KeyVerdict, { readonly kind: "too-large" }>) {
  if (!isPadded) return { bytes, limit, padding_found: "" };
  const suggestion = "remove the white space around it";
  return { bytes, limit, padding_found: ", most of them white space around it", suggestion };
}

/** The fault of a value at `at` that is no public key. */
export function createVerdictFault(verdict: UnusableVerdict, at: string): Fault {
  switch (verdict.kind) {
    case "not-text":
      return createFault({ code: "KEY_UNREADABLE", at, facts: { reason: "it is not a text" } });
    case "empty":
      return createFault({ code: "KEY_EMPTY", at, facts: describeEmpty(verdict) });
    case "too-large":
      return createFault({ code: "KEY_TOO_LARGE", at, facts: describeTooLarge(verdict) });
    case "file-path":
      // In an environment nothing reads a file for the value, as "file:" does in a JSON configuration.
      return createFault({
        code: "KEY_FILE_PATH",
        at,
        facts: VARIABLE.test(at) ? { suggestion: `give the content of the file: ${at}="$(cat FILE)"` } : {},
      });
    case "private":
      return createFault({ code: "KEY_PRIVATE", at, facts: { found: verdict.found } });
    case "unsupported-type":
      return createFault({ code: "KEY_TYPE_UNSUPPORTED", at, facts: { key_type: verdict.keyType } });
    case "unsupported-curve":
      return createFault({ code: "KEY_CURVE_UNSUPPORTED", at, facts: { curve: verdict.curve } });
    case "truncated": {
      const { actual, expected } = verdict;
      return createFault({ code: "KEY_TRUNCATED", at, facts: { actual, expected } });
    }
    case "several":
      return createFault({ code: "KEY_SEVERAL_IN_ONE_VALUE", at, facts: { count: verdict.count } });
    case "broken-json":
      return createFault({ code: "KEY_JWK_INVALID", at, facts: { reason: verdict.reason } });
    case "unreadable":
      return createFault({ code: "KEY_UNREADABLE", at, facts: { reason: verdict.reason } });
    case "ssh-unconvertible":
      return createFault({ code: "KEY_OPENSSH_TYPE", at, facts: { key_type: verdict.keyType } });
    default:
      return createFault({ code: CODES[verdict.kind], at });
  }
}
