/** A JWKS (RFC 7517 section 5): each key is judged by itself, so a bad one never takes a good one with it. */

import { createFault, type Fault, type FaultCode, isRecord } from "@agentos/contract";
import { type JwkOptions, parseJwk } from "../judge/parse-jwk.ts";
import { createVerdictFault } from "../judge/verdict-fault.ts";
import { isSigningAlgorithm, showAlgorithm } from "../model/algorithms.ts";
import type { KeyResult, SigningAlgorithm, VerificationKey } from "../model/key.ts";
import { MAX_JWKS_CHARACTERS, MAX_JWKS_KEYS } from "../model/key-limits.ts";
import { failed, toKeyResult } from "../model/key-result.ts";
import type { KeyRepair } from "../model/repairs.ts";
import { readKey } from "../reader/read-key.ts";
import type { KeyReading } from "../reader/verdict.ts";
import { nameMixedKinds } from "./mixed-kinds.ts";

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
  "KEY_KINDS_MIXED",
]);

/** Parses JSON text; never throws. Faults of single keys only warn while the set has other usable keys. */
export async function parseJwks(text: string, options: ParseJwksOptions): Promise<KeyResult> {
  const { source } = options;
  const read = readKey(text, { isSecret: false, limit: MAX_JWKS_CHARACTERS });
  switch (read.kind) {
    case "json":
      return parseJwksValue(read.value, options, read.repairs);
    case "too-large": {
      const facts = { actual: `${read.characters} characters`, limit: `${read.limit} characters` };
      return failed({ code: "KEY_JWKS_TOO_LARGE", at: source, facts });
    }
    case "private":
      return { keys: [], faults: [createVerdictFault(read, source)] };
    default:
      return failed({ code: "KEY_JWKS_INVALID", at: source, facts: { reason: describeOther(read, text) } });
  }
}

const OTHER_THINGS: Readonly<Partial<Record<KeyReading["kind"], string>>> = {
  empty: "it is empty",
  "not-text": "it is not a text",
  public: "it is one public key in PEM",
  several: "it holds several keys, and not as JSON",
  encrypted: "it is an encrypted private key",
  certificate: "it is a certificate",
  "certificate-request": "it is a certificate request",
  truncated: "it is a key in PEM that is cut off",
  "body-missing": "it is a key in PEM that is cut off",
  ssh: "it is an SSH key",
  "file-path": "it holds the path of a file",
  url: "it holds a URL",
  placeholder: "it holds a placeholder",
};

/** What stands there instead of a key set. */
function describeOther(read: KeyReading, text: string): string {
  if (read.kind === "broken-json" || read.kind === "unreadable") return read.reason;
  const other = OTHER_THINGS[read.kind];
  if (other !== undefined) return other;
  return /^\s*</.test(text) ? "it is a web page or XML" : "it is not JSON";
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
  const { list, repair } = listKeys(value);
  if (list === undefined) return invalid(describeOtherJson(value));
  if (list.length > MAX_JWKS_KEYS) {
    const facts = { actual: `${list.length} keys`, limit: `${MAX_JWKS_KEYS} keys` };
    return failed({ code: "KEY_JWKS_TOO_LARGE", at: source, facts });
  }
  return parseAll(list, options, {
    algorithm,
    repairs: repair === undefined ? repairs : [...repairs, repair],
  });
}

/** The JWKs of a set; a JWK alone is a set of one. */
function listKeys(value: unknown): {
  readonly list?: readonly unknown[];
  readonly repair?: KeyRepair;
} {
  if (!isRecord(value)) return {};
  const { keys } = value;
  if (Array.isArray(keys)) return { list: keys };
  return typeof value["kty"] === "string" && keys === undefined
    ? { list: [value], repair: "json-single" }
    : {};
}

function describeOtherJson(value: unknown): string {
  if (!isRecord(value)) return "it is not a JSON object";
  if (value["keys"] !== undefined) return '"keys" is not a list';
  const wrapper = ["jwks", "jwks_uri", "jwksUri"].find((name) => Object.hasOwn(value, name));
  if (wrapper === "jwks")
    return '"keys" is missing; the object has "jwks", whose value may be the key set itself';
  return wrapper === undefined
    ? '"keys" is missing'
    : `it is a discovery document: the keys are at the address in its "${wrapper}"`;
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
  const judged = nameMixedKinds({
    keys: results.flatMap((result) => result.keys),
    faults: results.flatMap((result) => result.faults),
  });
  const { keys, faults: duplicates } = dropDuplicateKeys(judged.keys);
  const faults = judged.faults.map((fault) => tolerate(fault, keys.length > 0));
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

/** That a set holds no usable key is no news where each key has said why it is none. */
export function dropConsequences({ keys, faults }: KeyResult): KeyResult {
  const isConsequence = ({ code, facts }: Fault) => code === "KEY_JWKS_EMPTY" && facts["count"] !== 0;
  const hasCause = faults.some((fault) => fault.severity === "error" && !isConsequence(fault));
  return { keys, faults: hasCause ? faults.filter((fault) => !isConsequence(fault)) : faults };
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
