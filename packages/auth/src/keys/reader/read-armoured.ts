/**
 * From the label and the body of a PEM to a verdict. The content decides; only where it says nothing clear the label
 * may still tell what must not be accepted, or what to advise.
 */

import { decodeBase64Prefix } from "../../encoding/base64.ts";
import type { RepairLog } from "../model/repairs.ts";
import type { Armour, Label } from "./armour.ts";
import { hasSpacesForPluses, readBodyVerdict } from "./read-body.ts";
import { conclude, type DerVerdict, type KeyReading, type KeyVerdict, toKeyVerdict } from "./verdict.ts";

export interface ArmourReading {
  readonly log: RepairLog;
  /** Reads base64 of a text that is itself a key: PEM inside PEM, as a double wrapping tool leaves it. */
  readonly readInner: (compact: string) => KeyReading | undefined;
}

/** What several PEM behind one another are, by their labels. */
export function nameSeveral(labels: readonly Label[]): KeyVerdict {
  // `openssl ecparam -genkey` prints parameters and private key together.
  if (labels.some((label) => label.includes("PRIVATE")))
    return { kind: "private", found: "PEM", key: "several" };
  const isChain = labels.every((label) => label.endsWith("CERTIFICATE"));
  return isChain ? { kind: "certificate" } : { kind: "several", count: labels.length };
}

export function readArmoured({ label, body }: Armour, reading: ArmourReading): KeyReading {
  const { log } = reading;
  if (/Proc-Type:[^\n]{0,20}ENCRYPTED|DEK-Info:/i.test(body)) return conclude({ kind: "encrypted" }, log);
  if (label?.startsWith("SSH2")) return conclude({ kind: "ssh" }, log);
  const compact = body.replace(/\s/g, "");
  const verdict = readBodyVerdict(compact, log);
  if (
    verdict.kind === "unknown" ||
    verdict.kind === "damaged" ||
    verdict.kind === "truncated" ||
    verdict.kind === "trailing"
  ) {
    if (hasSpacesForPluses(body)) return conclude({ kind: "plus-lost" }, log);
    return readUnclear(compact, { label, verdict }, reading);
  }
  if (verdict.kind === "public") noteLabel(label, verdict.format, log);
  return conclude(toKeyVerdict(verdict), log);
}

function readUnclear(
  compact: string,
  { label, verdict }: { readonly label: Label | undefined; readonly verdict: DerVerdict },
  { log, readInner }: ArmourReading,
): KeyReading {
  const named = nameUnclear(compact, { label, verdict });
  if (named !== undefined) return conclude(named, log);
  const inner = readInner(compact);
  if (inner !== undefined) return inner;
  if (verdict.kind === "unknown" || /[^A-Za-z0-9+/=_-]/.test(compact))
    return conclude({ kind: "unreadable", reason: describeBody(compact) }, log);
  return conclude(toKeyVerdict(verdict), log);
}

/** In these the type of a key stands, behind the salt of a passphrase too. */
const OPENSSH_HEAD_BYTES = 120;

function nameUnclear(
  compact: string,
  { label, verdict }: { readonly label: Label | undefined; readonly verdict: DerVerdict },
): KeyVerdict | undefined {
  const start = String.fromCharCode(...decodeBase64Prefix(compact).slice(0, OPENSSH_HEAD_BYTES));
  if (start.startsWith("openssh-key-v1")) {
    const found = /ssh-ed25519|sk-/.test(start) ? "OpenSSH, Ed25519" : "OpenSSH";
    return { kind: "private", found, key: "unsupported" };
  }
  if (label?.includes("PRIVATE")) {
    const isCutOff = verdict.kind === "truncated" || compact === "";
    return { kind: "private", found: label, key: isCutOff ? "cut off" : "damaged" };
  }
  if (label?.endsWith("CERTIFICATE")) return { kind: "certificate" };
  if (/^\0\0\0.(?:ssh-|ecdsa-|sk-)/.test(start)) return { kind: "ssh" };
  if (compact === "") return { kind: "body-missing" };
  if (/\.\.\.|…|\*{3}|[<>[\]{}]|your/i.test(compact)) return { kind: "placeholder" };
  if (label?.startsWith("PGP"))
    return { kind: "unreadable", reason: "it is a PGP key, which tokens do not use" };
  return undefined;
}

function noteLabel(label: Label | undefined, format: "spki" | "pkcs1", log: RepairLog): void {
  const expected = format === "pkcs1" ? "RSA PUBLIC KEY" : "PUBLIC KEY";
  if (label !== undefined && label !== expected) log.add("wrong-label");
}

function describeBody(compact: string): string {
  const position = compact.search(/[^A-Za-z0-9+/=_-]/);
  if (position >= 0) return `character ${position + 1} after the BEGIN line is not base64`;
  return "what is between the BEGIN and END lines is not a key";
}
