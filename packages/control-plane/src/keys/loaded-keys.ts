/**
 * The other side: the keys that an instance has loaded and how often each came, as its policy route has said. Who reads
 * that route stores it in this form, as a part of its observation.
 */
import type { Kysely, Transaction } from "kysely";
import { z } from "zod";
import type { Tables } from "../schema/tables.ts";

/** More keys than an AgentOS takes from one set. */
const MAX_KEYS = 200;

/** What the observation of a policy holds of keys; other members are not ours. */
export const loadedKeysSchema = z.object({
  /** RFC 7638; null where it is not known. */
  thumbprints: z.array(z.string().max(100)).max(MAX_KEYS).nullable(),
  /** Verified requests of the last hour, by thumbprint. */
  request_counts: z.record(z.string().max(100), z.int().nonnegative()).optional(),
});

export interface LoadedKeys {
  /** Seconds since the epoch. */
  readonly observedAt: number;
  readonly thumbprints: readonly string[];
  /** Null where it was not counted. */
  countRequests(thumbprint: string): number | null;
}

/** Undefined where the policy of the instance was never read, or says nothing of its keys. */
export async function readLoadedKeys(
  db: Kysely<Tables> | Transaction<Tables>,
  instanceId: string,
): Promise<LoadedKeys | undefined> {
  const row = await db
    .selectFrom("agentos_cp_observations")
    .select(["at", "observed_json"])
    .where("instance_id", "=", instanceId)
    .where("source", "=", "policy")
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const parsed = loadedKeysSchema.safeParse(JSON.parse(row.observed_json));
  if (!parsed.success || parsed.data.thumbprints === null) return undefined;
  const counts = new Map(Object.entries(parsed.data.request_counts ?? {}));
  return {
    observedAt: row.at,
    thumbprints: parsed.data.thumbprints,
    countRequests: (thumbprint) => counts.get(thumbprint) ?? null,
  };
}
