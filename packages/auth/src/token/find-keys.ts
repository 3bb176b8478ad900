/** From a token's header to the keys to try. An unknown `kid` asks the source once for newer keys. */
import { type KeySelection, type KeySet, selectKeys } from "../keys/set/key-set.ts";
import { type KeySource } from "../keys/source/key-source.ts";
import { ok, type Result, refuse } from "../outcome/result.ts";
import type { TokenHeader } from "./check-header.ts";

/** Keys of one generation of the source. */
export type SelectedKeys = Pick<KeySet, "keys" | "generation">;

/** The keys that the token may be verified with. Whatever the source cannot do is never the token's fault. */
export function findKeys(
  keySource: KeySource,
  header: TokenHeader,
): Result<SelectedKeys> | Promise<Result<SelectedKeys>> {
  const keySet = keySource.current();
  const selection = selectKeys(keySet, header);
  const answer = () => resolveSelection(keySource, keySet, selection, header);
  // Without any key (they expired while nobody called) a token is worth a look at the source, with or without a "kid".
  if (keySet.keys.length > 0 && !mayBeNewer(keySet, selection, header.kid)) return answer();
  const refreshed = keySource.refresh?.(header.kid ?? "");
  if (refreshed === undefined) return answer();
  return refreshed.then((isNewer) => {
    if (!isNewer) return answer();
    const newer = keySource.current();
    return resolveSelection(keySource, newer, selectKeys(newer, header), header);
  });
}

function resolveSelection(
  keySource: KeySource,
  keySet: KeySet,
  selection: KeySelection,
  header: TokenHeader,
): Result<SelectedKeys> {
  if (!("refusal" in selection)) return ok({ keys: selection.keys, generation: keySet.generation });
  if (selection.refusal === "no-keys") return refuseForLackOfKeys(keySource);
  // An algorithm that no key has is the nearer cause, whatever the "kid" says.
  const isForeign = !keySet.algorithms.some((algorithm) => algorithm === header.algorithm);
  if (isForeign || selection.refusal === "algorithm-mismatch") return refuseAlgorithm(keySet, header);
  if (header.namesOwnKey) return refuse("AUTH_EMBEDDED_KEY_REFUSED", describeKeyIds(keySet, header));
  if (selection.refusal === "no-kid") return refuse("AUTH_KEY_ID_MISSING", describeKeyIds(keySet, header));
  // The key may be one of those that a failed source has lost.
  return keySource.status?.().state === "failed"
    ? refuseForLackOfKeys(keySource)
    : refuse("AUTH_KEY_UNKNOWN", describeKeyIds(keySet, header));
}

const MAX_KEY_IDS_SHOWN = 10;
const MAX_KEY_ID_CHARACTERS = 100;

/** For the operator: the key that the token names, which nobody has verified, and those that there are. */
export function describeKeyIds({ keys }: Pick<KeySet, "keys">, { kid }: Pick<TokenHeader, "kid">) {
  const show = (id: string) => id.slice(0, MAX_KEY_ID_CHARACTERS);
  const ids = [...new Set(keys.flatMap((key) => key.kid ?? []))];
  const more = ids.length - MAX_KEY_IDS_SHOWN;
  return {
    unverified_kid: kid === undefined ? "(none)" : show(kid),
    key_ids: [...ids.slice(0, MAX_KEY_IDS_SHOWN).map(show), ...(more > 0 ? [`(${more} more)`] : [])],
  };
}

/** For the operator: what is wrong with the source. */
function refuseForLackOfKeys(keySource: KeySource): Result<never> {
  const faults = keySource.status?.().faults ?? [];
  return refuse("AUTH_KEYS_UNAVAILABLE", {
    key_faults: faults.map(({ at, code }) => (at === undefined ? code : `${at}: ${code}`)),
  });
}

/** True when no key has this `kid`: the issuer may have rotated its keys since they were read. */
function mayBeNewer(keySet: KeySet, selection: KeySelection, kid: string | undefined): boolean {
  if (kid === undefined) return false;
  if (!("refusal" in selection)) return selection.isKidUnknown;
  return selection.refusal === "unknown-kid" || !keySet.keys.some((key) => key.kid === kid);
}

/** Names the algorithms of the key that the token names, else those of all keys. */
function refuseAlgorithm(keySet: KeySet, { algorithm, kid }: TokenHeader): Result<never> {
  const named = keySet.keys.filter((key) => kid !== undefined && key.kid === kid);
  const expected = named.length === 0 ? keySet.algorithms : named.flatMap(({ algorithms }) => algorithms);
  return refuse("AUTH_ALGORITHM_MISMATCH", {
    expected_algorithms: [...new Set(expected)],
    token_algorithm: algorithm,
    ...(kid === undefined ? {} : describeKeyIds(keySet, { kid })),
  });
}
