/** How instances were seen: kept as the newest of each source, and put together for one person. */
import type { Kysely, Transaction } from "kysely";
import {
  browserSource,
  NOTHING_OBSERVED,
  type Observation,
  type Observed,
  POLICY_SOURCE,
  readObserved,
} from "../schema/observed.ts";
import type { Tables } from "../schema/tables.ts";

type Db = Kysely<Tables> | Transaction<Tables>;

const LIFETIME_SECONDS = 30 * 24 * 3_600;

/** What one person has before them: what their own browser sees, and what the control plane has read itself. */
export interface Seen {
  readonly browser: Observation | undefined;
  readonly policy: Observation | undefined;
}

export const NOTHING_SEEN: Seen = Object.freeze({ browser: undefined, policy: undefined });

/**
 * By instance. What the browsers of others see is not asked: it holds for them alone, and nobody can make an instance
 * look different to somebody else.
 */
export async function readSeen(
  db: Db,
  instanceIds: readonly string[],
  personId: string,
): Promise<ReadonlyMap<string, Seen>> {
  if (instanceIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("agentos_cp_observations")
    .select(["instance_id", "source", "at", "observed_json"])
    .where("instance_id", "in", instanceIds)
    .where("source", "in", [POLICY_SOURCE, browserSource(personId)])
    .execute();
  const seen = new Map<string, Seen>();
  for (const row of rows) {
    const observation = readObserved(row);
    if (observation === undefined) continue;
    seen.set(row.instance_id, {
      ...(seen.get(row.instance_id) ?? NOTHING_SEEN),
      [observation.source]: observation,
    });
  }
  return seen;
}

export interface NewObservation {
  readonly instanceId: string;
  /** Whose browser it was; undefined for a reading of the policy. */
  readonly personId: string | undefined;
  readonly observed: Observed;
}

/** Takes the place of the one before of the same source. What nobody has renewed for long goes. */
export async function storeObservation(
  db: Transaction<Tables>,
  now: number,
  { instanceId, personId, observed }: NewObservation,
): Promise<void> {
  const source = personId === undefined ? POLICY_SOURCE : browserSource(personId);
  const values = { at: now, reported_by: personId ?? null, observed_json: JSON.stringify(observed) };
  await db
    .insertInto("agentos_cp_observations")
    .values({ instance_id: instanceId, source, ...values })
    .onConflict((conflict) => conflict.columns(["instance_id", "source"]).doUpdateSet(values))
    .execute();
  await db
    .deleteFrom("agentos_cp_observations")
    .where("instance_id", "=", instanceId)
    .where("at", "<", now - LIFETIME_SECONDS)
    .execute();
}

/** Without what only the policy of the instance says (`mayReadPolicy`). */
export function hidePolicy(observed: Observation): Observation {
  const { keys, countedSince, enforcesScopes, isolatesUsers } = NOTHING_OBSERVED;
  const isTokens = observed.mode === "jwt" || observed.mode === "jwt-unverified";
  return {
    ...observed,
    keys,
    countedSince,
    enforcesScopes,
    isolatesUsers,
    // Beside tokens nobody can tell from outside whether one is set.
    hasSecurityKey: isTokens ? null : observed.hasSecurityKey,
  };
}

/** One picture of both: what is newer counts, and what only one of them can know is its. */
export function combine({ browser, policy }: Seen): Observation | undefined {
  if (browser === undefined || policy === undefined) return browser ?? policy;
  const newer = browser.at > policy.at ? browser : policy;
  const older = newer === browser ? policy : browser;
  // The policy that was read no longer holds once the instance shows another mode.
  const isChanged = newer === browser && browser.mode !== null && browser.mode !== policy.mode;
  if (isChanged) return { ...browser, isOurs: browser.isOurs ?? policy.isOurs };
  return {
    ...policy,
    source: newer.source,
    at: newer.at,
    // Whether it can be reached is asked of the browser, which is what has to reach it.
    outcome: browser.outcome,
    mode: newer.mode ?? older.mode,
    modeFrom: newer.mode === null ? older.modeFrom : newer.modeFrom,
    version: newer.version ?? older.version,
    versionAtLeast: browser.versionAtLeast,
    osId: newer.osId ?? older.osId,
    isOurs: newer.isOurs ?? older.isOurs,
  };
}
