/** What a verdict of the reader means where a private key was wanted. */
import { createFault, type Fault, type FaultCode } from "@agentos/contract";
import { describeEmpty, describeTooLarge } from "../keys/judge/verdict-fault.ts";
import type { KeyVerdict, PrivateKeyProblem, PrivateVerdict } from "../keys/reader/verdict.ts";

type Kind = KeyVerdict["kind"];
/** Codes whose texts need no facts. */
type PlainCode = Extract<
  FaultCode,
  "KEY_SIGNING_ENCRYPTED" | "KEY_SIGNING_BINARY" | "KEY_FILE_PATH" | "KEY_URL"
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
    const facts = { suggestion: "give one private key in PEM or JWK", ...describeTooLarge(verdict) };
    return createFault({ code: "KEY_TOO_LARGE", facts });
  }
  if (verdict.kind === "empty") {
    const suggestion = "give a private key in PEM or JWK, or a shared secret";
    return createFault({ code: "KEY_EMPTY", facts: { suggestion, ...describeEmpty(verdict) } });
  }
  if (verdict.kind === "private" && verdict.key === "unsupported") return createUnsupportedFault(verdict);
  const isPrivate = verdict.kind === "private" && typeof verdict.key === "string";
  const problem = isPrivate ? verdict.key : verdict.kind;
  const damage = DAMAGE[problem];
  if (damage !== undefined) return createUnreadableFault(damage);
  return createFault({ code: CODES[problem] ?? "KEY_SIGNING_ALGORITHM_REQUIRED" });
}

/** The container is at fault, not the key; `ssh-keygen` writes every kind as PEM but Ed25519. */
const OPENSSH_AS_PEM =
  'write a copy of it as PEM: "cp key key.pem", then "ssh-keygen -p -m PKCS8 -f key.pem" with an empty new passphrase, and give key.pem';

function createUnsupportedFault({ found: form, type }: PrivateVerdict): Fault {
  const found = type ?? `a private key in this form (${form})`;
  const facts = form === "OpenSSH" ? { found, suggestion: OPENSSH_AS_PEM } : { found };
  return createFault({ code: "KEY_SIGNING_UNSUPPORTED", facts });
}

export function createUnreadableFault(reason: string): Fault {
  return createFault({ code: "KEY_SIGNING_UNREADABLE", facts: { reason } });
}
