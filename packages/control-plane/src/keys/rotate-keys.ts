/**
 * Rotation in three stations: a new key is published, then signs, and the one before is retired once its tokens have
 * ended. Each step holds the instance, so that of two at a time the second sees what the first has done.
 */
import { CLOCK_SKEW_SECONDS } from "@agentos/auth";
import type { Actor } from "../store/actor.ts";
import type { Change, ControlPlaneStore } from "../store/control-plane-store.ts";
import { reject } from "../store/rejected.ts";
import { forgetOldestRetired, insertKeyPair, type KeyPairs } from "./key-pairs.ts";
import { readLoadedKeys } from "./loaded-keys.ts";

/** Which instance, and whose it must be. */
export interface KeysOf {
  readonly organizationId: string;
  readonly instanceId: string;
}

export interface KeyStep extends KeysOf {
  readonly kid: string;
  /** Done although it costs something; what, the rejection without it says. */
  readonly isForced: boolean;
}

export interface SigningStep extends KeyStep {
  /** Why the policy could not be read just now: then nothing that was read before counts. */
  readonly unreadFor?: string | undefined;
}

export interface KeyRotation {
  publishKey(actor: Actor, keysOf: KeysOf): Promise<void>;
  signWithKey(actor: Actor, step: SigningStep): Promise<void>;
  retireKey(actor: Actor, step: KeyStep): Promise<void>;
}

export interface KeyRotationOptions {
  readonly store: ControlPlaneStore;
  readonly keyPairs: KeyPairs;
  /** Queues that an instance no longer takes what one of its keys has signed: by us, or by whoever else has it. */
  readonly revokeKey: (
    change: Change,
    tokens: { readonly instanceId: string; readonly kid: string },
  ) => Promise<unknown>;
}

/** Keys in the set of one instance; an instance reads 100 at most. */
const MAX_KEYS_IN_SET = 10;
/** What an instance has said of its keys holds for so long. */
const LOADED_SECONDS = 5 * 60;

/** For one installation. */
export function createKeyRotation({ store, keyPairs, revokeKey }: KeyRotationOptions): KeyRotation {
  return {
    async publishKey(actor, keysOf) {
      await store.read((db) => requireInstance(db, keysOf, actor));
      const prepared = await keyPairs.prepareKeyPair(keysOf.instanceId);
      await store.change(actor, async (change) => {
        const name = await holdInstance(change, keysOf);
        const keys = await readKeys(change, keysOf);
        if (keys.some(({ station }) => station === "published"))
          throw reject("SIGNING_KEY_PUBLISHED_ALREADY");
        const inSet = keys.filter(({ station }) => station !== "retired").length;
        if (inSet >= MAX_KEYS_IN_SET) throw reject("SIGNING_KEY_TOO_MANY", { count: inSet });
        // The first one has nobody to wait for.
        const station = keys.some((key) => key.station === "signing") ? "published" : "signing";
        await insertKeyPair(change, prepared, station);
        await auditKey(change, { ...keysOf, kid: prepared.kid, name, action: "key.published", station });
      });
    },
    async signWithKey(actor, { kid, isForced, unreadFor, ...keysOf }) {
      await store.change(actor, async (change) => {
        const name = await holdInstance(change, keysOf);
        const keys = await readKeys(change, keysOf);
        const key = findKey(keys, kid);
        if (key.station !== "published")
          throw reject("SIGNING_KEY_STATION", { station: key.station, needed: "published" });
        if (!isForced) {
          if (unreadFor !== undefined) throw reject("SIGNING_KEY_LOADED_UNKNOWN", { reason: unreadFor });
          await requireLoaded(change, keysOf.instanceId, kid);
        }
        const before = keys.find(({ station }) => station === "signing");
        // In this order: only one may sign at a time, says the database.
        if (before !== undefined) await moveKey(change, before, { station: "retiring" });
        await moveKey(change, key, { station: "signing", signing_since: change.now });
        await auditKey(change, { ...keysOf, kid, name, action: "key.signs", station: "signing", isForced });
      });
    },
    async retireKey(actor, { kid, isForced, ...keysOf }) {
      await store.change(actor, async (change) => {
        const name = await holdInstance(change, keysOf);
        const key = findKey(await readKeys(change, keysOf), kid);
        if (key.station === "signing" || key.station === "retired")
          throw reject("SIGNING_KEY_STATION", { station: key.station, needed: "published or retiring" });
        const livesUntil = (key.last_token_ends_at ?? 0) + CLOCK_SKEW_SECONDS;
        const isInUse = key.last_token_ends_at !== null && livesUntil > change.now;
        if (isInUse && !isForced)
          throw reject("SIGNING_KEY_IN_USE", { until: new Date(livesUntil * 1000).toISOString() });
        await moveKey(change, key, { station: "retired", retired_at: change.now, sealed_private: null });
        await revokeKey(change, { instanceId: keysOf.instanceId, kid });
        await forgetOldestRetired(change, keysOf.instanceId);
        await auditKey(change, { ...keysOf, kid, name, action: "key.retired", station: "retired", isForced });
      });
    },
  };
}

/** Rejects with INSTANCE_UNKNOWN or INSTANCE_IS_DRAFT; gives the name. */
async function requireInstance(
  db: Pick<Change["db"], "selectFrom">,
  { organizationId, instanceId }: KeysOf,
  { personId }: Actor,
): Promise<string> {
  const instance = await db
    .selectFrom("agentos_cp_instances")
    .select(["name", "is_draft", "created_by"])
    .where("instance_id", "=", instanceId)
    .where("organization_id", "=", organizationId)
    .executeTakeFirst();
  // Somebody else's draft is as unknown as none.
  if (instance === undefined || (instance.is_draft === 1 && instance.created_by !== personId))
    throw reject("INSTANCE_UNKNOWN");
  if (instance.is_draft === 1) throw reject("INSTANCE_IS_DRAFT");
  return instance.name;
}

async function holdInstance(change: Change, keysOf: KeysOf): Promise<string> {
  await change.lockInstance(keysOf.instanceId);
  return requireInstance(change.db, keysOf, change.actor);
}

async function readKeys({ db }: Change, { instanceId }: KeysOf) {
  return db
    .selectFrom("agentos_cp_keys")
    .select(["kid", "instance_id", "station", "last_token_ends_at"])
    .where("instance_id", "=", instanceId)
    .execute();
}

type StationRow = Awaited<ReturnType<typeof readKeys>>[number];

/** A key of another instance is as unknown as one that does not exist. */
function findKey(keys: readonly StationRow[], kid: string): StationRow {
  const key = keys.find((one) => one.kid === kid);
  if (key === undefined) throw reject("SIGNING_KEY_UNKNOWN");
  return key;
}

async function requireLoaded({ db, now }: Change, instanceId: string, kid: string): Promise<void> {
  const loaded = await readLoadedKeys(db, instanceId);
  if (loaded === undefined || loaded.observedAt < now - LOADED_SECONDS)
    throw reject("SIGNING_KEY_LOADED_UNKNOWN", { reason: "it was not in the last minutes" });
  if (!loaded.thumbprints.includes(kid)) throw reject("SIGNING_KEY_NOT_LOADED");
}

interface Moved {
  readonly station: "signing" | "retiring" | "retired";
  readonly signing_since?: number;
  readonly retired_at?: number;
  readonly sealed_private?: null;
}

/** Compares and sets: whoever else has moved the key meanwhile has done it. */
async function moveKey({ db }: Change, { kid, instance_id, station }: StationRow, to: Moved): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable("agentos_cp_keys")
    .set(to)
    .where("kid", "=", kid)
    .where("instance_id", "=", instance_id)
    .where("station", "=", station)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n)
    throw reject("SIGNING_KEY_STATION", { station: "another one now", needed: station });
}

interface KeyAudit extends KeysOf {
  readonly kid: string;
  /** Of the instance. */
  readonly name: string;
  readonly action: string;
  readonly station: string;
  readonly isForced?: boolean;
}

function auditKey(
  change: Change,
  { organizationId, instanceId, kid, name, action, station, isForced }: KeyAudit,
) {
  return change.audit({
    organizationId,
    action,
    target: { kind: "instance", id: instanceId, name },
    after: { kid, station, ...(isForced === true ? { is_forced: true } : {}) },
  });
}
