/** A control plane that mints for the people of the seeded store, and what tests change and count beside that. */
import { randomBytes } from "node:crypto";
import type { DialectName } from "@agentos/storage";
import { z } from "zod";
import { deriveInstallationKeys } from "../keys/installation-keys.ts";
import { createKeyPairs } from "../keys/key-pairs.ts";
import { createKeyRotation, type KeyRotation } from "../keys/rotate-keys.ts";
import { INSTANCE, MEMBER, ORGANIZATION, openSeededStore } from "../keys/seeded-store.fixture.ts";
import { queueKeyRevocation } from "../revocations/queue-revocations.ts";
import { COMMAND_LINE } from "../store/actor.ts";
import type { Change } from "../store/control-plane-store.ts";
import { Rejected } from "../store/rejected.ts";
import type { TestStore } from "../store/test-store.fixture.ts";
import { type MintedToken, type Minting, mintForPerson, type TokenRequest } from "./mint-for-person.ts";

type Counted = "agentos_cp_issued" | "agentos_cp_minted" | "agentos_cp_audit" | "agentos_cp_revocations";

export interface TestMinting extends TestStore {
  readonly minting: Minting & { readonly now: () => number };
  readonly rotation: KeyRotation;
  /** For the Member and the instance of their organization, unless the request says otherwise. */
  mint(request?: Partial<TokenRequest>): Promise<MintedToken>;
  /** Changes something, with an audit entry. */
  change(work: (change: Change) => Promise<unknown>): Promise<void>;
  /** Rows of a table. */
  count(table: Counted): Promise<number>;
}

/** Opens one whose instance has a key that signs. */
export async function openMinting(dialect: DialectName): Promise<TestMinting> {
  const testStore = await openSeededStore(dialect);
  const { store, clock } = testStore;
  const installationKeys = deriveInstallationKeys([randomBytes(32)]);
  const keyPairs = createKeyPairs(installationKeys);
  const rotation = createKeyRotation({
    store,
    keyPairs,
    revokeKey: (change, key) => queueKeyRevocation(change, key, "key-retired"),
  });
  await rotation.publishKey(COMMAND_LINE, { organizationId: ORGANIZATION, instanceId: INSTANCE });
  const publicUrl = "https://console.example.com";
  const minting = { store, keyPairs, installationKeys, publicUrl, now: () => clock.now };
  return {
    ...testStore,
    minting,
    rotation,
    mint: (request = {}) =>
      mintForPerson(
        minting,
        { kind: "person", personId: MEMBER.personId },
        { organizationId: ORGANIZATION, instanceId: INSTANCE, purpose: "console", ...MEMBER, ...request },
      ),
    change: (work) =>
      store.change(COMMAND_LINE, async (change) => {
        await change.audit({
          organizationId: ORGANIZATION,
          action: "test",
          target: { kind: "test", id: "" },
        });
        await work(change);
      }),
    count: async (table) => (await store.read((db) => db.selectFrom(table).selectAll().execute())).length,
  };
}

/** `minted`, or why not. */
export async function outcomeOf(minting: Promise<unknown>): Promise<unknown> {
  return minting.then(
    () => "minted",
    (cause: unknown) => (cause instanceof Rejected ? cause.code : cause),
  );
}

const partSchema = z.record(z.string(), z.unknown());

/** Of a token: header or claims. */
export function decodePart(part: string | undefined): Readonly<Record<string, unknown>> {
  return partSchema.parse(JSON.parse(Buffer.from(part ?? "", "base64url").toString()));
}

export const removeMember = ({ db }: Change) =>
  db.deleteFrom("agentos_cp_members").where("person_id", "=", MEMBER.personId).execute();

export const endSession = ({ db }: Change) =>
  db.deleteFrom("agentos_cp_sign_ins").where("id", "=", MEMBER.sessionId).execute();
