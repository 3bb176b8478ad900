/**
 * Signing pairs of instances. The private half exists in plain only while it is made and while a token is signed, never
 * in the database.
 */
import { exportPublicJwk, generateSigningKey, type SigningKeyPair } from "@agentos/auth/mint";
import type { Selectable } from "kysely";
import type { KeysTable } from "../schema/tables.ts";
import type { Change } from "../store/control-plane-store.ts";
import { createTurns } from "../store/create-turns.ts";
import { reject } from "../store/rejected.ts";
import type { InstallationKeys } from "./installation-keys.ts";
import { open, seal } from "./seal.ts";

export type KeyRow = Selectable<KeysTable>;

/** A new pair that is not stored yet. Its private half is sealed already. */
export interface PreparedKeyPair {
  readonly kid: string;
  readonly instanceId: string;
  readonly publicJwkJson: string;
  readonly sealedPrivate: string;
  readonly sealKeyId: string;
}

export interface KeyPairs {
  /**
   * Makes a pair for an instance. Takes 50 to 300 ms of another thread, so it comes before the change that stores it.
   * Rejects with SIGNING_KEY_BUSY where too many are asked for.
   */
  prepareKeyPair(instanceId: string): Promise<PreparedKeyPair>;
  /**
   * Stores it as the pair that signs, at once, where the instance has none that does. Else nothing changes. Gives the id
   * of the key that signs now. The caller audits it.
   */
  createKeyPairFor(change: Change, prepared: PreparedKeyPair): Promise<string>;
  /**
   * Retires every key of an instance and destroys the private halves: at another endpoint they would mean another trust.
   * The caller audits it.
   */
  dropKeysOf(change: Change, instanceId: string): Promise<void>;
  /** The pair of a row, to sign with. Throws where the row was changed or moved, or its sealing key is not at hand. */
  openKeyPair(
    row: Pick<KeyRow, "kid" | "instance_id" | "sealed_private" | "seal_key_id">,
  ): Promise<SigningKeyPair>;
}

/** One thread at most: others sign tokens and verify cookies meanwhile. */
const PAIRS_WAITING = 20;

/** Retired keys of an instance that are still listed. */
const MAX_RETIRED_KEYS = 20;

const RSA = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;

/** Of one installation. */
export function createKeyPairs({ sealing }: Pick<InstallationKeys, "sealing">): KeyPairs {
  const [current] = sealing;
  const takeTurn = createTurns({
    running: 1,
    waiting: PAIRS_WAITING,
    refuse: () => reject("SIGNING_KEY_BUSY", { limit: PAIRS_WAITING }),
  });
  return {
    async prepareKeyPair(instanceId) {
      const pair = await takeTurn(() => generateSigningKey({ algorithm: "RS256" }));
      const { kid } = pair;
      const plain = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.key));
      try {
        return {
          kid,
          instanceId,
          publicJwkJson: JSON.stringify(exportPublicJwk(pair)),
          sealedPrivate: seal(plain, current, { instanceId, kid }),
          sealKeyId: current.id,
        };
      } finally {
        plain.fill(0);
      }
    },
    async createKeyPairFor(change, prepared) {
      await change.lockInstance(prepared.instanceId);
      const signing = await change.db
        .selectFrom("agentos_cp_keys")
        .select("kid")
        .where("instance_id", "=", prepared.instanceId)
        .where("station", "=", "signing")
        .executeTakeFirst();
      if (signing !== undefined) return signing.kid;
      await insertKeyPair(change, prepared, "signing");
      return prepared.kid;
    },
    async dropKeysOf(change, instanceId) {
      const { db, now, lockInstance } = change;
      await lockInstance(instanceId);
      await db
        .updateTable("agentos_cp_keys")
        .set({ station: "retired", retired_at: now, sealed_private: null })
        .where("instance_id", "=", instanceId)
        .where("station", "!=", "retired")
        .execute();
      await forgetOldestRetired(change, instanceId);
    },
    async openKeyPair({ kid, instance_id: instanceId, sealed_private: sealed, seal_key_id: sealKeyId }) {
      const sealingKey = sealing.find(({ id }) => id === sealKeyId);
      if (sealingKey === undefined)
        throw new Error("the key that has sealed this private key is not at hand");
      const plain = sealed === null ? undefined : open(sealed, sealingKey, { instanceId, kid });
      if (plain === undefined)
        throw new Error(
          "a sealed private key does not open: its row was changed, or moved to another instance",
        );
      try {
        const key = await crypto.subtle.importKey("pkcs8", plain, RSA, false, ["sign"]);
        return { algorithm: "RS256", kid, key, publicJwk: {} };
      } finally {
        plain.fill(0);
      }
    },
  };
}

/** Stores a pair at its first station. */
export async function insertKeyPair(
  { db, now }: Pick<Change, "db" | "now">,
  { kid, instanceId, publicJwkJson, sealedPrivate, sealKeyId }: PreparedKeyPair,
  station: "published" | "signing",
): Promise<void> {
  await db
    .insertInto("agentos_cp_keys")
    .values({
      kid,
      instance_id: instanceId,
      station,
      public_jwk_json: publicJwkJson,
      sealed_private: sealedPrivate,
      seal_key_id: sealKeyId,
      created_at: now,
      signing_since: station === "signing" ? now : null,
      retired_at: null,
      last_token_ends_at: null,
    })
    .execute();
}

/** After one was retired: an instance that moves again and again fills no disk with what nobody asks for. */
export async function forgetOldestRetired({ db }: Pick<Change, "db">, instanceId: string): Promise<void> {
  const oldest = await db
    .selectFrom("agentos_cp_keys")
    .select("kid")
    .where("instance_id", "=", instanceId)
    .where("station", "=", "retired")
    .orderBy("retired_at", "desc")
    .orderBy("kid")
    .offset(MAX_RETIRED_KEYS)
    .limit(1_000)
    .execute();
  if (oldest.length === 0) return;
  await db
    .deleteFrom("agentos_cp_keys")
    .where(
      "kid",
      "in",
      oldest.map(({ kid }) => kid),
    )
    .execute();
}
