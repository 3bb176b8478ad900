/**
 * One configured key value: PEM (repaired where an environment variable mangled it), a JWK, a whole JWKS as
 * JSON text, or a shared secret. Parsing decides what it is, never the configured algorithm.
 */

import { createFault, type Fault } from "@agentos/contract";
import { parseJwk } from "../judge/parse-jwk.ts";
import { DAMAGED_PUBLIC_KEY, holdsPublicKey } from "../judge/public-key-traces.ts";
import {
  createAlgorithmRequiredFault,
  createPublicAsSecretFault,
  createPublicVerificationKey,
  type KeyContext,
} from "../judge/public-verification-key.ts";
import { toSecretMaterial } from "../judge/secret-material.ts";
import { createSecretVerificationKey, findSecretEdge } from "../judge/secret-verification-key.ts";
import { createVerdictFault, type UnusableVerdict } from "../judge/verdict-fault.ts";
import { algorithmsFor, isSecretAlgorithm, isSigningAlgorithm, showAlgorithm } from "../model/algorithms.ts";
import type { KeyResult, SigningAlgorithm } from "../model/key.ts";
import { failed, toKeyResult } from "../model/key-result.ts";
import { readKey } from "../reader/read-key.ts";
import type { KeyReading, NoTextVerdict } from "../reader/verdict.ts";
import { nameMixedKinds } from "./mixed-kinds.ts";
import { dropConsequences, dropDuplicateKeys, parseJwksValue } from "./parse-jwks.ts";

/** A text that is no JSON. */
type TextReading = Exclude<KeyReading, NoTextVerdict | { kind: "json" }>;

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
  if (algorithm !== undefined && !isSigningAlgorithm(algorithm)) {
    const facts = { algorithm: showAlgorithm(algorithm) };
    return failed({ code: "KEY_ALGORITHM_UNKNOWN", at: source, facts });
  }
  const wantsSecret = algorithm !== undefined && isSecretAlgorithm(algorithm);
  const read = readKey(value, { isSecret: wantsSecret });
  if (read.kind === "not-text" || read.kind === "empty" || read.kind === "too-large")
    return failed(createVerdictFault(read, source));
  if (read.kind === "json") return parseJson(read, { ...options, algorithm, allowWeakSecrets });
  const context = { index, source, algorithm, kid: undefined, announced: undefined, answersUnknownKid: true };
  if (wantsSecret) return parseSecret(value, read, { ...context, algorithm, repairs: [], allowWeakSecrets });
  if (read.kind === "public")
    return toKeyResult(await createPublicVerificationKey(read.key, { ...context, repairs: read.repairs }));
  if (read.kind !== "text") return failed(createVerdictFault(read, source));
  return { keys: [], faults: [createNoKeyFault(value, { source, algorithm })] };
}

/** A shorter text is not taken for a secret: no server accepts it as one. */
const LEAST_SECRET_CHARACTERS = 32;

/** A text that is no key, and why it is not taken for a secret. */
function createNoKeyFault(
  value: string,
  { source, algorithm }: { readonly source: string; readonly algorithm: SigningAlgorithm | undefined },
): Fault {
  const unreadable = (reason: string) =>
    createFault({ code: "KEY_UNREADABLE", at: source, facts: { reason } });
  if (holdsPublicKey(value))
    return unreadable("it is what is left of a key, without its beginning or its end");
  const text = value.trim();
  const lines = text.split(/\r\n|\r|\n/).length;
  const found = `a text of ${text.length} characters${lines > 1 ? ` on ${lines} lines` : ""} that is neither PEM nor JSON`;
  if (algorithm === undefined)
    return createAlgorithmRequiredFault(found, {
      source,
      couldBeSecret: text.length >= LEAST_SECRET_CHARACTERS,
    });
  return createFault({
    code: "KEY_ALGORITHM_MISMATCH",
    at: source,
    facts: {
      algorithm,
      key_type: `${found}, as a shared secret is`,
      fitting: algorithmsFor({ type: "oct" }),
    },
  });
}

async function parseSecret(
  text: string,
  read: TextReading,
  context: KeyContext & { readonly algorithm: SigningAlgorithm; readonly allowWeakSecrets: boolean },
): Promise<KeyResult> {
  const { source: at, algorithm } = context;
  if (read.kind === "public")
    return { keys: [], faults: [createPublicAsSecretFault(read.key, { algorithm, source: at })] };
  const found = describeForSecret(read, text);
  if (found !== undefined) return failed({ code: "KEY_PUBLIC_AS_SECRET", at, facts: { algorithm, found } });
  if (read.kind !== "text") return failed(createVerdictFault(read, at));
  const { keys, faults } = toKeyResult(
    await createSecretVerificationKey(toSecretMaterial(text), context, context),
  );
  const edge = findSecretEdge(text);
  if (edge === undefined || keys.length === 0) return { keys, faults };
  return { keys, faults: [createFault({ code: "KEY_SECRET_EDGES", at, facts: { edge } })] };
}

/** Several values of one list, such as `verificationKeys`; a value given twice is used once. */
export async function parseVerificationKeys(
  values: readonly { readonly value: string; readonly source: string }[],
  options: Omit<ParseKeyOptions, "source" | "index">,
): Promise<KeyResult> {
  const results = await Promise.all(
    values.map(async ({ value, source }, index): Promise<KeyResult> => {
      const earlier = values.slice(0, index).find((other) => other.value === value);
      // What holds no text is reported at each place: there is nothing in it that could be the same.
      const holdsText = typeof value === "string" && value.trim() !== "";
      if (earlier !== undefined && holdsText)
        return failed({ code: "KEY_DUPLICATE", at: source, facts: { first: earlier.source } });
      return parseVerificationKey(value, { ...options, source, index });
    }),
  );
  const judged = nameMixedKinds({
    keys: results.flatMap((result) => result.keys),
    faults: results.flatMap((result) => result.faults),
  });
  const { keys, faults } = dropDuplicateKeys(judged.keys);
  return { keys, faults: [...judged.faults, ...faults] };
}

async function parseJson(
  read: KeyReading & { kind: "json" },
  options: ParseKeyOptions & { algorithm: SigningAlgorithm | undefined; allowWeakSecrets: boolean },
): Promise<KeyResult> {
  const { source, index, algorithm, allowWeakSecrets } = options;
  const { value, repairs } = read;
  if (Array.isArray(value["keys"])) return dropConsequences(await parseJwksValue(value, options, repairs));
  const answersUnknownKid = value["kid"] === undefined;
  const context = { index, source, algorithm, answersUnknownKid, repairs };
  return toKeyResult(await parseJwk(value, context, { allowWeakSecrets, refuseSecrets: false }));
}

const notPublicMaterial: ReadonlySet<KeyReading["kind"]> = new Set([
  "file-path",
  "url",
  "placeholder",
  "broken-json",
]);
const foundWords: Partial<Record<UnusableVerdict["kind"], string>> = {
  private: "a private key",
  encrypted: "an encrypted private key",
  certificate: "a certificate",
  "certificate-request": "a certificate request",
  ssh: "an SSH key",
  several: "several keys",
};

/** What the value is, when it is anything that others may know. Damaged keys count too: fail closed. */
function describeForSecret(
  read: Exclude<TextReading, { kind: "public" }>,
  value: string,
): string | undefined {
  if (read.kind === "text") return undefined; // what is plain text so far is searched as every secret is
  if (notPublicMaterial.has(read.kind)) return holdsPublicKey(value) ? DAMAGED_PUBLIC_KEY : undefined;
  return foundWords[read.kind] ?? DAMAGED_PUBLIC_KEY;
}
