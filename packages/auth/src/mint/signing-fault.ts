/** What a verdict of the reader means where a private key was wanted. */
import { createFault, type Fault, type FaultCode } from "@agentos/contract";
import type { KeyVerdict, PrivateKeyProblem } from "../keys/reader/verdict.ts";

type Kind = KeyVerdict["kind"];
/** Codes whose texts need no facts. */
type PlainCode = Extract<
  FaultCode,
  "KEY_SIGNING_ENCRYPTED" | "KEY_SIGNING_BINARY" | "KEY_SIGNING_UNSUPPORTED" | "KEY_FILE_PATH" | "KEY_URL"
>;

/** What others may know, and nobody can sign with. */
const PUBLIC: Readonly<Partial<Record<Kind, string>>> = {
  public: "a public key",
  "unsupported-type": "a public key",
  "unsupported-curve": "a public key",
  binary: "a public key",
  certificate: "a certificate",
  "certificate-request": "a certificate request",
  ssh: "an SSH public key",
  "ssh-unconvertible": "an SSH public key",
};
const DAMAGE: Readonly<Partial<Record<Kind | PrivateKeyProblem, string>>> = {
  "cut off": "it is cut off",
  truncated: "it is cut off",
  "body-missing": "it is cut off",
  damaged: "its content is damaged",
  several: "it holds more than one key or PEM",
  "not-text": "it is not a text",
  placeholder: "it is a placeholder from an example",
  "plus-lost": 'there are spaces where it had "+"',
};
const CODES: Readonly<Partial<Record<Kind | PrivateKeyProblem, PlainCode>>> = {
  encrypted: "KEY_SIGNING_ENCRYPTED",
  binary: "KEY_SIGNING_BINARY",
  unsupported: "KEY_SIGNING_UNSUPPORTED",
  "file-path": "KEY_FILE_PATH",
  url: "KEY_URL",
};

/** The fault of a value that cannot sign. */
export function createSigningFault(verdict: KeyVerdict): Fault {
  const found = PUBLIC[verdict.kind];
  if (found !== undefined) return createFault({ code: "KEY_SIGNING_PUBLIC", facts: { found } });
  if (verdict.kind === "unreadable" || verdict.kind === "broken-json")
    return createUnreadableFault(verdict.reason);
  if (verdict.kind === "too-large") {
    const { characters: bytes, limit } = verdict;
    return createFault({
      code: "KEY_TOO_LARGE",
      facts: { bytes, limit, suggestion: "give one private key in PEM or JWK" },
    });
  }
  if (verdict.kind === "empty") {
    const suggestion = "give a private key in PEM or JWK, or a shared secret";
    return createFault({ code: "KEY_EMPTY", facts: { suggestion } });
  }
  const isPrivate = verdict.kind === "private" && typeof verdict.key === "string";
  const problem = isPrivate ? verdict.key : verdict.kind;
  const damage = DAMAGE[problem];
  if (damage !== undefined) return createUnreadableFault(damage);
  return createFault({ code: CODES[problem] ?? "KEY_SIGNING_ALGORITHM_REQUIRED" });
}

export function createUnreadableFault(reason: string): Fault {
  return createFault({ code: "KEY_SIGNING_UNREADABLE", facts: { reason } });
}
