/** What a verdict of the reader means where a public key was wanted. */

import { createFault, type Fault, type FaultCode } from "@agentos/contract";
import type { KeyVerdict } from "../reader/verdict.ts";

/** Everything that is no key to verify with. */
export type UnusableVerdict = Exclude<KeyVerdict, { readonly kind: "public" | "json" | "text" }>;

/** Where the verdict says it all. */
const CODES = {
  empty: "KEY_EMPTY",
  encrypted: "KEY_ENCRYPTED",
  certificate: "KEY_CERTIFICATE",
  "certificate-request": "KEY_CERTIFICATE_REQUEST",
  "body-missing": "KEY_BODY_MISSING",
  "plus-lost": "KEY_PLUS_LOST",
  binary: "KEY_BINARY",
  placeholder: "KEY_PLACEHOLDER",
  ssh: "KEY_OPENSSH",
  "file-path": "KEY_FILE_PATH",
  url: "KEY_URL",
} as const satisfies Partial<Record<UnusableVerdict["kind"], FaultCode>>;

/** The fault of a value at `at` that is no public key. */
export function createVerdictFault(verdict: UnusableVerdict, at: string): Fault {
  switch (verdict.kind) {
    case "not-text":
      return createFault({ code: "KEY_UNREADABLE", at, facts: { reason: "it is not a text" } });
    case "too-large": {
      const { characters: bytes, limit } = verdict;
      return createFault({ code: "KEY_TOO_LARGE", at, facts: { bytes, limit } });
    }
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
