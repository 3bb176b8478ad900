import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { COMMAND_LINE } from "../store/actor.ts";
import { TEST_DIALECTS, type TestStore } from "../store/test-store.fixture.ts";
import { deriveInstallationKeys, type InstallationKeys } from "./installation-keys.ts";
import { resealKeys } from "./reseal-keys.ts";
import { open, seal } from "./seal.ts";
import { INSTANCE, openSeededStore } from "./seeded-store.fixture.ts";

const [OLD, NEW] = [randomBytes(32), randomBytes(32)];
const oldKeys = deriveInstallationKeys([OLD]);
const both = deriveInstallationKeys([NEW, OLD]);
const onlyNew = deriveInstallationKeys([NEW]);
const ROWS = 120;

describe.each(TEST_DIALECTS)("sealing anew after a new secret (%s)", (dialect) => {
  let testStore: TestStore;

  beforeEach(async () => {
    testStore = await openSeededStore(dialect);
    await testStore.store.note(async (db, now) => {
      await db
        .insertInto("agentos_cp_keys")
        .values(
          Array.from({ length: ROWS }, (_, index) => {
            const kid = `kid-${String(index).padStart(3, "0")}`;
            return {
              kid,
              instance_id: INSTANCE,
              station: "retiring",
              public_jwk_json: "{}",
              sealed_private: seal(Buffer.from(`private ${kid}`), oldKeys.sealing[0], {
                instanceId: INSTANCE,
                kid,
              }),
              seal_key_id: oldKeys.sealing[0].id,
              created_at: now,
              signing_since: null,
              retired_at: null,
              last_token_ends_at: null,
            };
          }),
        )
        .execute();
    });
  });
  afterEach(() => testStore.close());

  const rows = () =>
    testStore.store.read((db) => db.selectFrom("agentos_cp_keys").selectAll().orderBy("kid").execute());
  const reseal = (keys: InstallationKeys, batchSize?: number) =>
    resealKeys({ store: testStore.store, actor: COMMAND_LINE }, keys, { batchSize });
  /** How many rows these keys open, each to the text that belongs to it. */
  const countOpened = async ({ sealing }: InstallationKeys) =>
    (await rows()).filter(({ kid, seal_key_id: keyId, sealed_private: sealed }) => {
      const key = sealing.find(({ id }) => id === keyId);
      const plain = key === undefined ? undefined : open(sealed ?? "", key, { instanceId: INSTANCE, kid });
      return plain !== undefined && Buffer.from(plain).toString() === `private ${kid}`;
    }).length;

  it("leaves every row under the new key alone, and says so in the audit log", async () => {
    expect(await reseal(both, 50)).toMatchObject({ resealed: ROWS, unopened: 0 });
    expect(await countOpened(onlyNew)).toBe(ROWS);
    const audit = await testStore.store.read((db) =>
      db.selectFrom("agentos_cp_audit").select(["action", "after_json"]).execute(),
    );
    expect(audit.map(({ action }) => action)).toEqual(["keys.resealed", "keys.resealed", "keys.resealed"]);
    expect(await reseal(both)).toMatchObject({ resealed: 0, unopened: 0 });
  });

  it("leaves what no key opens as it is, and counts it", async () => {
    await testStore.store.note((db) =>
      db
        .updateTable("agentos_cp_keys")
        .set({ sealed_private: "1.damaged" })
        .where("kid", "=", "kid-007")
        .execute(),
    );
    expect(await reseal(both, 3)).toMatchObject({ resealed: ROWS - 1, unopened: 1 });
    expect(await reseal(onlyNew, 3)).toMatchObject({ resealed: 0, unopened: 1 });
  });

  it("ends with every row under the new key when two do it at the same time", async () => {
    const outcomes = await Promise.all([reseal(both, 7), reseal(both, 11)]);
    expect(outcomes.map(({ unopened }) => unopened)).toEqual([0, 0]);
    expect(await countOpened(onlyNew)).toBe(ROWS);
  });

  it("loses nothing when its process is killed in the middle, and goes on where it was", async () => {
    const child = spawn(
      process.execPath,
      [
        "--conditions=@agentos/source",
        new URL("reseal-process.fixture.ts", import.meta.url).pathname,
        JSON.stringify(testStore.location),
        NEW.toString("hex"),
        OLD.toString("hex"),
      ],
      { stdio: "inherit" },
    );
    expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
    const sealedAnew = (await rows()).filter(
      ({ seal_key_id: keyId }) => keyId === onlyNew.sealing[0].id,
    ).length;
    expect(sealedAnew).toBeGreaterThanOrEqual(5);
    expect(sealedAnew).toBeLessThan(ROWS);
    expect(await countOpened(both)).toBe(ROWS);
    expect(await reseal(both)).toMatchObject({ resealed: ROWS - sealedAnew, unopened: 0 });
    expect(await countOpened(onlyNew)).toBe(ROWS);
  });
});
