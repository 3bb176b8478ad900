/**
 * A frozen set of keys, and the choice of those that a token may be verified with. The choice is made from
 * tables that are built once, so that a request costs two look-ups.
 */

import type { SigningAlgorithm, VerificationKey } from "../model/key.ts";

/** Keys that may be tried for a token, at least one; or why there is none. */
export type KeySelection =
  | {
      /** Each bound to the algorithm of the token. */
      readonly keys: readonly VerificationKey[];
      /** The token names a `kid` that no key has; keys without one are tried. A source may want to refresh. */
      readonly isKidUnknown: boolean;
    }
  | { readonly refusal: "algorithm-mismatch" | "unknown-kid" | "no-kid" | "no-keys" };

/** A frozen set of keys at one moment. */
export interface KeySet {
  /** In the order of the configuration. */
  readonly keys: readonly VerificationKey[];
  /** Grows with every change of the keys; cached tokens die with their generation. */
  readonly generation: number;
  /** Every algorithm that some key of the set is bound to, once each. */
  readonly algorithms: readonly SigningAlgorithm[];
}

type ByAlgorithm = ReadonlyMap<string, KeySelection>;

interface Tables {
  readonly all: ByAlgorithm;
  /** For a token that names no key. */
  readonly withoutKid: ByAlgorithm;
  readonly byKid: ReadonlyMap<string, ByAlgorithm>;
  readonly forUnknownKid: ByAlgorithm;
}

const NO_KEYS = Object.freeze({ refusal: "no-keys" } as const);
const ALGORITHM_MISMATCH = Object.freeze({ refusal: "algorithm-mismatch" } as const);
const NO_KID = Object.freeze({ refusal: "no-kid" } as const);
const UNKNOWN_KID = Object.freeze({ refusal: "unknown-kid" } as const);

const tablesOf = new WeakMap<KeySet, Tables>();

/** Freezes keys into a set. `generation` must differ from that of every other set of the same source. Default 0. */
export function createKeySet(keys: readonly VerificationKey[], generation = 0): KeySet {
  const frozen = Object.freeze([...keys]);
  const algorithms = Object.freeze([...new Set(frozen.flatMap((key) => key.algorithms))]);
  return Object.freeze({ keys: frozen, generation, algorithms });
}

/**
 * The keys to try, in their order. INVARIANT: every one of them is bound to the token's algorithm
 * (CVE-2026-48523), and an unknown `kid` never reaches a key that has another (CVE-2026-27962).
 */
export function selectKeys(
  keySet: KeySet,
  wanted: { readonly algorithm: string; readonly kid?: string | undefined },
): KeySelection {
  if (keySet.keys.length === 0) return NO_KEYS;
  const tables = tablesOf.get(keySet) ?? buildTables(keySet);
  const { algorithm, kid } = wanted;
  if (kid === undefined)
    return tables.withoutKid.get(algorithm) ?? (tables.all.has(algorithm) ? NO_KID : ALGORITHM_MISMATCH);
  const named = tables.byKid.get(kid);
  if (named !== undefined) return named.get(algorithm) ?? ALGORITHM_MISMATCH;
  const others = tables.forUnknownKid.get(algorithm);
  if (others !== undefined) return others;
  return tables.all.has(algorithm) || tables.forUnknownKid.size === 0 ? UNKNOWN_KID : ALGORITHM_MISMATCH;
}

function buildTables(keySet: KeySet): Tables {
  const { keys } = keySet;
  const kids = new Set(keys.flatMap(({ kid }) => (kid === undefined ? [] : [kid])));
  const byKid = new Map(
    [...kids].map((kid) => [
      kid,
      groupByAlgorithm(
        keys.filter((key) => key.kid === kid),
        false,
      ),
    ]),
  );
  const all = groupByAlgorithm(keys, false);
  const unnamed = keys.filter(mayBeUnnamed(keys));
  const tables: Tables = {
    all,
    withoutKid: unnamed.length === keys.length ? all : groupByAlgorithm(unnamed, false),
    byKid,
    forUnknownKid: groupByAlgorithm(
      keys.filter((key) => key.kid === undefined && key.answersUnknownKid),
      true,
    ),
  };
  tablesOf.set(keySet, tables);
  return tables;
}

/**
 * Which keys a token may mean that names none. Where a set has several keys and each has a `kid`, a token has to name
 * one, or every junk token would cost as many signature checks as there are keys. Sets of several sources are one here:
 * a key without a `kid` that comes from a set without any says nothing of the named ones beside it.
 */
function mayBeUnnamed(keys: readonly VerificationKey[]): (key: VerificationKey) => boolean {
  const named = keys.filter(({ kid }) => kid !== undefined);
  const mustBeNamed =
    named.length > 1 && keys.every(({ kid, answersUnknownKid }) => kid !== undefined || answersUnknownKid);
  return ({ kid }) => kid === undefined || !mustBeNamed;
}

function groupByAlgorithm(keys: readonly VerificationKey[], isKidUnknown: boolean): ByAlgorithm {
  const groups = Map.groupBy(
    keys.flatMap((key) => key.algorithms.map((algorithm) => ({ key, algorithm }))),
    ({ algorithm }) => algorithm,
  );
  const table = new Map<string, KeySelection>();
  for (const [algorithm, members] of groups) {
    table.set(algorithm, Object.freeze({ keys: Object.freeze(members.map(({ key }) => key)), isKidUnknown }));
  }
  return table;
}
