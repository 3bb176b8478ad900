/** A JWKS (RFC 7517 section 5): each key is judged by itself, so a bad one never takes a good one with it. */

import { createFault, type Fault, type FaultCode, isRecord } from "@agentos/contract";
import { type JwkOptions, parseJwk } from "../judge/parse-jwk.ts";
import { isSigningAlgorithm, showAlgorithm } from "../model/algorithms.ts";
import type { KeyResult, SigningAlgorithm, VerificationKey } from "../model/key.ts";
import { MAX_JWKS_CHARACTERS, MAX_JWKS_KEYS } from "../model/key-limits.ts";
import { failed, toKeyResult } from "../model/key-result.ts";
import type { KeyRepair } from "../model/repairs.ts";

/** How the keys of a set are judged. */
export interface ParseJwksOptions {
  /** For people, never a path: `JWT_JWKS_FILE`. Keys are then `JWT_JWKS_FILE key 1` and so on. */
  readonly source: string;
  /** The only algorithm allowed; without it each key decides. */
  readonly algorithm?: string | undefined;
  /** Permits secrets of 16 bytes and more, for tests. Default false. */
  readonly allowWeakSecrets?: boolean | undefined;
  /** For a set that the public can read: shared secrets in it are a fault. Default false. */
  readonly refuseSecrets?: boolean | undefined;
}

/** Faults that spoil a whole set: something secret lies open, or a key could be forged. */
const NEVER_TOLERATED: ReadonlySet<FaultCode> = new Set([
  "KEY_PRIVATE",
  "KEY_PUBLIC_AS_SECRET",
  "KEY_SECRET_LISTED",
  "KEY_JWKS_SECRET",
]);

/** Parses JSON text; never throws. Faults of single keys only warn while the set has other usable keys. */
export async function parseJwks(text: string, options: ParseJwksOptions): Promise<KeyResult> {
  const { source } = options;
  const invalid = (reason: string) => failed({ code: "KEY_JWKS_INVALID", at: source, facts: { reason } });
  if (typeof text !== "string" || text.trim() === "") return invalid("it is empty");
  if (text.length > MAX_JWKS_CHARACTERS) {
    const facts = { actual: `${text.length} characters`, limit: `${MAX_JWKS_CHARACTERS} characters` };
    return failed({ code: "KEY_JWKS_TOO_LARGE", at: source, facts });
  }
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return invalid(text.includes("-----BEGIN") ? "it is PEM, not JSON" : "it is not JSON");
  }
  return parseJwksValue(value, options);
}

/** The same for a value that has been read from JSON already. @internal */
export async function parseJwksValue(
  value: unknown,
  options: ParseJwksOptions,
  repairs: readonly KeyRepair[] = [],
): Promise<KeyResult> {
  const { source, algorithm } = options;
  if (algorithm !== undefined && !isSigningAlgorithm(algorithm)) {
    const facts = { algorithm: showAlgorithm(algorithm) };
    return failed({ code: "KEY_ALGORITHM_UNKNOWN", at: source, facts });
  }
  const invalid = (reason: string) => failed({ code: "KEY_JWKS_INVALID", at: source, facts: { reason } });
  if (!isRecord(value)) return invalid("it is not a JSON object");
  const list: unknown = value["keys"];
  if (!Array.isArray(list)) {
    return invalid(
      Object.hasOwn(value, "kty")
        ? 'it is a single JWK; put it into {"keys": […]}'
        : '"keys" is missing or not an array',
    );
  }
  if (list.length > MAX_JWKS_KEYS) {
    const facts = { actual: `${list.length} keys`, limit: `${MAX_JWKS_KEYS} keys` };
    return failed({ code: "KEY_JWKS_TOO_LARGE", at: source, facts });
  }
  return parseAll(list, options, { algorithm, repairs });
}

async function parseAll(
  list: readonly unknown[],
  options: ParseJwksOptions,
  context: { algorithm: SigningAlgorithm | undefined; repairs: readonly KeyRepair[] },
): Promise<KeyResult> {
  const { source } = options;
  const jwkOptions: JwkOptions = {
    allowWeakSecrets: options.allowWeakSecrets ?? false,
    refuseSecrets: options.refuseSecrets ?? false,
  };
  // Where one key has a `kid`, a key without one must not catch what the others do not know (weak-spots B6).
  const hasKid = list.some((jwk) => isRecord(jwk) && jwk["kid"] !== undefined);
  const results = await Promise.all(
    list.map(async (jwk, index) => {
      const place = { index, source: `${source} key ${index + 1}`, answersUnknownKid: !hasKid };
      return toKeyResult(await parseJwk(jwk, { ...context, ...place }, jwkOptions));
    }),
  );
  const { keys, faults: duplicates } = dropDuplicateKeys(results.flatMap((result) => result.keys));
  const faults = results.flatMap((result) => result.faults).map((fault) => tolerate(fault, keys.length > 0));
  faults.push(...duplicates, ...findRepeatedKids(keys));
  if (keys.length === 0)
    faults.push(createFault({ code: "KEY_JWKS_EMPTY", at: source, facts: { count: list.length } }));
  return { keys, faults };
}

function tolerate(fault: Fault, hasUsableKey: boolean): Fault {
  return hasUsableKey && !NEVER_TOLERATED.has(fault.code)
    ? Object.freeze({ ...fault, severity: "warning" as const })
    : fault;
}

function findRepeatedKids(keys: readonly VerificationKey[]): readonly Fault[] {
  const seen = new Set<string>();
  const faults: Fault[] = [];
  for (const { kid, source } of keys) {
    if (kid === undefined) continue;
    if (seen.has(kid)) faults.push(createFault({ code: "KEY_JWKS_DUPLICATE_KID", at: source }));
    seen.add(kid);
  }
  return faults;
}

/** The same asymmetric key for the same algorithm and `kid` counts once; the later one is reported. */
export function dropDuplicateKeys(keys: readonly VerificationKey[]): KeyResult {
  const first = new Map<string, VerificationKey>();
  const kept: VerificationKey[] = [];
  const faults: Fault[] = [];
  for (const key of keys) {
    if (key.thumbprint === undefined) {
      kept.push(key);
      continue;
    }
    const name = JSON.stringify([key.thumbprint, key.algorithms, key.kid ?? null]);
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, key);
      kept.push(key);
    } else
      faults.push(createFault({ code: "KEY_DUPLICATE", at: key.source, facts: { first: earlier.source } }));
  }
  return { keys: kept, faults };
}
