/**
 * Reads a signing key from text, through the same door as keys to verify with: PEM (PKCS#8, PKCS#1, SEC 1), a private
 * JWK, base64 of either, however mangled, or, when an HMAC algorithm is asked for, a shared secret.
 */
import { createFault, type Fault } from "@agentos/contract";
import { toSecretMaterial } from "../keys/judge/secret-material.ts";
import {
  algorithmsFor,
  isSecretAlgorithm,
  isSigningAlgorithm,
  showAlgorithm,
  signingAlgorithms,
} from "../keys/model/algorithms.ts";
import { MIN_RSA_BITS } from "../keys/model/key-limits.ts";
import type { PrivateKey } from "../keys/model/private-key.ts";
import { readKey } from "../keys/reader/read-key.ts";
import { fail, type Result } from "../outcome/result.ts";
import { bindPair, bindSecret, createMismatchFault, type ImportOptions } from "./bind-key.ts";
import { importJwk } from "./import-jwk.ts";
import { createSigningFault, createUnreadableFault } from "./signing-fault.ts";
import type { SigningKey } from "./signing-key.ts";

/** Reads a signing key; a fault says why there is none, and holds no key material. Never throws. */
export async function importSigningKey(
  text: string,
  options: ImportOptions = {},
): Promise<Result<SigningKey, Fault>> {
  const { algorithm } = options;
  if (algorithm !== undefined && !isSigningAlgorithm(algorithm)) {
    const facts = { algorithm: showAlgorithm(algorithm) };
    return fail(createFault({ code: "KEY_ALGORITHM_UNKNOWN", facts }));
  }
  const secretAlgorithm = algorithm !== undefined && isSecretAlgorithm(algorithm) ? algorithm : undefined;
  const read = readKey(text, { isSecret: secretAlgorithm !== undefined });
  if (read.kind === "json") return importJwk(read.value, options);
  if (read.kind === "private") {
    if (typeof read.key !== "string") return importPrivate(read.key, options);
    const only = read.key === "several" ? findPrivateBlock(text) : undefined;
    return only === undefined ? fail(createSigningFault(read)) : importSigningKey(only, options);
  }
  if (read.kind === "text" && secretAlgorithm !== undefined)
    return bindSecret(toSecretMaterial(text), secretAlgorithm, options);
  return fail(createSigningFault(read));
}

const PRIVATE_BLOCK = /-----BEGIN ([A-Z ]{0,20})PRIVATE KEY-----[^-]*-----END \1PRIVATE KEY-----/g;

/** The one private key of a bundle: its certificate, its public key or its parameters stand beside it. */
function findPrivateBlock(text: string): string | undefined {
  const [only, second] = text.match(PRIVATE_BLOCK) ?? [];
  // INVARIANT: shorter than the text, so that reading it comes to an end.
  return second === undefined && only !== text ? only : undefined;
}

async function importPrivate(
  key: PrivateKey,
  { algorithm: wanted, kid }: ImportOptions,
): Promise<Result<SigningKey, Fault>> {
  if (key.type === "RSA" && key.bits < MIN_RSA_BITS)
    return fail(createFault({ code: "KEY_WEAK_RSA", facts: { bits: key.bits } }));
  const fitting = algorithmsFor(key);
  const algorithm = wanted ?? fitting[0];
  if (algorithm === undefined || isSecretAlgorithm(algorithm) || !fitting.includes(algorithm))
    return fail(createMismatchFault(algorithm, { type: describePrivateKey(key), fitting }));
  try {
    const { parameters } = signingAlgorithms[algorithm];
    const imported = await crypto.subtle.importKey("pkcs8", key.pkcs8, parameters, true, ["sign"]);
    return await bindPair({ algorithm, key: imported }, kid);
  } catch {
    return fail(createUnreadableFault("its content is damaged"));
  }
}

function describePrivateKey(key: PrivateKey): string {
  if (key.type === "RSA") return `RSA-${key.bits}`;
  return key.type === "EC" ? `EC ${key.curve}` : "Ed25519";
}
