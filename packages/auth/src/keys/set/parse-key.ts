/**
 * One configured key value: PEM (repaired where an environment variable mangled it), a JWK, a whole JWKS as
 * JSON text, or a shared secret. What it is gets decided by parsing it, never by the configured algorithm.
 */

import { judgePublicKey, type KeyContext } from "../judge/judge-public-key.ts";
import { judgeSecretText } from "../judge/judge-secret.ts";
import { parseJwk } from "../judge/parse-jwk.ts";
import { DAMAGED_PUBLIC_KEY, holdsPublicKey } from "../judge/public-key-traces.ts";
import { isSecretAlgorithm, isSigningAlgorithm, showAlgorithm } from "../model/algorithms.ts";
import type { KeyFaultCode, KeyResult, SigningAlgorithm } from "../model/key.ts";
import { faultResult } from "../model/key-fault.ts";
import { MAX_KEY_CHARACTERS } from "../model/key-limits.ts";
import { describePublicKey } from "../model/public-key.ts";
import { type KeyText, readKeyText } from "../reader/read-key-text.ts";
import { dropDuplicateKeys, parseJwksValue } from "./parse-jwks.ts";

/** How one key is judged. */
export interface ParseKeyOptions {
  /** For people, never a path: `verificationKeys[0]`, `JWT_VERIFICATION_KEY`. */
  readonly source: string;
  /** Position in the source, from 0. */
  readonly index: number;
  /** The only algorithm allowed; without it the key decides (RS256 for RSA). HS* must be configured. */
  readonly algorithm?: string | undefined;
  /** Permits secrets of 16 bytes and more, for tests. Default false. */
  readonly allowWeakSecrets?: boolean | undefined;
}

/** Parses and judges one value; never throws, whatever it is. */
export async function parseVerificationKey(value: string, options: ParseKeyOptions): Promise<KeyResult> {
  const { source, index, algorithm } = options;
  const allowWeakSecrets = options.allowWeakSecrets ?? false;
  if (typeof value !== "string") return faultResult("KEY_UNREADABLE", source, { reason: "it is not a text" });
  if (value.trim() === "") return faultResult("KEY_EMPTY", source);
  if (value.length > MAX_KEY_CHARACTERS) {
    return faultResult("KEY_TOO_LARGE", source, { bytes: value.length, limit: MAX_KEY_CHARACTERS });
  }
  if (algorithm !== undefined && !isSigningAlgorithm(algorithm)) {
    return faultResult("KEY_ALGORITHM_UNKNOWN", source, { algorithm: showAlgorithm(algorithm) });
  }
  const wantsSecret = algorithm !== undefined && isSecretAlgorithm(algorithm);
  const read = readKeyText(value, wantsSecret);
  const base = { index, source, algorithm, answersUnknownKid: true };
  const plain: KeyContext = { ...base, kid: undefined, announced: undefined, repairs: [] };
  if (read.kind === "json") return parseJson(read, { ...options, algorithm, allowWeakSecrets });
  if (wantsSecret) {
    const found = describeForSecret(read, value);
    if (found !== undefined) return faultResult("KEY_PUBLIC_AS_SECRET", source, { algorithm, found });
    if (read.kind === "fault") return faultResult(read.code, source, read.facts);
    // Lone surrogates have no bytes of their own: two different texts would be the same secret.
    if (!value.isWellFormed())
      return faultResult("KEY_UNREADABLE", source, { reason: "it is not valid Unicode" });
    return judgeSecretText(value, plain, { allowWeakSecrets });
  }
  if (read.kind === "public") return judgePublicKey(read.key, { ...plain, repairs: read.repairs });
  if (read.kind === "fault") return faultResult(read.code, source, read.facts);
  if (/[\r\n]/.test(value.trim()) || algorithm !== undefined) {
    return faultResult("KEY_UNREADABLE", source, {
      reason: 'it is neither PEM nor a JWK (a shared secret needs "algorithm" set to HS256)',
    });
  }
  return faultResult("KEY_ALGORITHM_REQUIRED", source);
}

/** Several values of one list, such as `verificationKeys`; a value given twice is used once. */
export async function parseVerificationKeys(
  values: readonly { readonly value: string; readonly source: string }[],
  options: Omit<ParseKeyOptions, "source" | "index">,
): Promise<KeyResult> {
  const results = await Promise.all(
    values.map(async ({ value, source }, index): Promise<KeyResult> => {
      const earlier = values.slice(0, index).find((other) => other.value === value);
      if (earlier !== undefined && value.trim() !== "")
        return faultResult("KEY_DUPLICATE", source, { first: earlier.source });
      return parseVerificationKey(value, { ...options, source, index });
    }),
  );
  const { keys, faults } = dropDuplicateKeys(results.flatMap((result) => result.keys));
  return { keys, faults: [...results.flatMap((result) => result.faults), ...faults] };
}

async function parseJson(
  read: KeyText & { kind: "json" },
  options: ParseKeyOptions & { algorithm: SigningAlgorithm | undefined; allowWeakSecrets: boolean },
): Promise<KeyResult> {
  const { source, index, algorithm, allowWeakSecrets } = options;
  const { value, repairs } = read;
  if (Array.isArray(value["keys"])) return parseJwksValue(value, options, repairs);
  const isAsymmetric = typeof value["kty"] === "string" && value["kty"] !== "oct";
  if (isAsymmetric && algorithm !== undefined && isSecretAlgorithm(algorithm)) {
    return faultResult("KEY_PUBLIC_AS_SECRET", source, { algorithm, found: "an asymmetric JWK" });
  }
  const answersUnknownKid = value["kid"] === undefined;
  const context = { index, source, algorithm, answersUnknownKid, repairs };
  return parseJwk(value, context, { allowWeakSecrets, refuseSecrets: false });
}

const notPublicMaterial: ReadonlySet<KeyFaultCode> = new Set(["KEY_FILE_PATH", "KEY_URL", "KEY_PLACEHOLDER"]);
const foundWords: Partial<Record<KeyFaultCode, string>> = {
  KEY_PRIVATE: "a private key",
  KEY_ENCRYPTED: "an encrypted private key",
  KEY_CERTIFICATE: "a certificate",
  KEY_CERTIFICATE_REQUEST: "a certificate request",
  KEY_OPENSSH: "an SSH key",
  KEY_SEVERAL_IN_ONE_VALUE: "several keys",
};

/** What the value is, when it is anything that others may know. Damaged keys count too: fail closed. */
function describeForSecret(read: KeyText, value: string): string | undefined {
  if (read.kind === "public") return `a public key (${describePublicKey(read.key)})`;
  if (read.kind !== "fault") return undefined; // what is plain text so far is searched as every secret is
  if (notPublicMaterial.has(read.code)) return holdsPublicKey(value) ? DAMAGED_PUBLIC_KEY : undefined;
  return foundWords[read.code] ?? DAMAGED_PUBLIC_KEY;
}
