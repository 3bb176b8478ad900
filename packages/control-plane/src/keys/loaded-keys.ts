/** The other side: the keys that an instance has loaded and how often each came, as its policy route has said. */
import type { Kysely, Transaction } from "kysely";
import { POLICY_SOURCE, readObserved } from "../schema/observed.ts";
import type { Tables } from "../schema/tables.ts";

export interface LoadedKeys {
  /** Seconds since the epoch. */
  readonly observedAt: number;
  /** RFC 7638. */
  readonly thumbprints: readonly string[];
  /** Since when requests are counted: an hour before `observedAt`, or the start of the instance. */
  readonly countedSince: number | null;
  /** Requests since then; null where they are not counted. */
  countRequests(thumbprint: string): number | null;
}

/** Undefined where the policy of the instance was never read, or says nothing of its keys. */
export async function readLoadedKeys(
  db: Kysely<Tables> | Transaction<Tables>,
  instanceId: string,
): Promise<LoadedKeys | undefined> {
  const row = await db
    .selectFrom("agentos_cp_observations")
    .select(["source", "at", "observed_json"])
    .where("instance_id", "=", instanceId)
    .where("source", "=", POLICY_SOURCE)
    .executeTakeFirst();
  const observed = row === undefined ? undefined : readObserved(row);
  if (observed === undefined || observed.keys === null) return undefined;
  const counts = new Map(observed.keys.map(({ thumbprint, requestCount }) => [thumbprint, requestCount]));
  return {
    observedAt: observed.at,
    countedSince: observed.countedSince,
    thumbprints: observed.keys.flatMap(({ thumbprint }) => (thumbprint === null ? [] : [thumbprint])),
    countRequests: (thumbprint) => counts.get(thumbprint) ?? null,
  };
}
