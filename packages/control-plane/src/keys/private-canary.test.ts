import { createPrivateKey, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SYSTEM } from "../store/actor.ts";
import { TEST_DIALECTS, type TestStore } from "../store/test-store.fixture.ts";
import { deriveInstallationKeys } from "./installation-keys.ts";
import { answerDiscovery, answerKeySet } from "./key-documents.ts";
import { createKeyPairs } from "./key-pairs.ts";
import { listKeys } from "./list-keys.ts";
import { createKeyRotation } from "./rotate-keys.ts";
import { open } from "./seal.ts";
import { INSTANCE, ORGANIZATION, openSeededStore } from "./seeded-store.fixture.ts";

const SECRET = randomBytes(32);
const keys = deriveInstallationKeys([SECRET]);
const pairs = createKeyPairs(keys);

/** Every form in which a private key, or the secret that opens it, would be one in the clear. */
function canariesOf(pkcs8: Uint8Array): readonly Buffer[] {
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
  const jwk = key.export({ format: "jwk" });
  const numbers = [jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].map((text) =>
    Buffer.from(text ?? "", "base64url"),
  );
  const secrets = [...numbers, Buffer.from(keys.sealing[0].bytes), Buffer.from(keys.signInIds), SECRET];
  const pemLines = String(key.export({ format: "pem", type: "pkcs8" }))
    .split("\n")
    .filter((line) => line.length === 64);
  return [
    Buffer.from(pkcs8),
    ...secrets,
    ...secrets.flatMap((bytes) =>
      (["hex", "base64", "base64url"] as const).map((form) => Buffer.from(bytes.toString(form))),
    ),
    // The first lines hold what every key has, and the modulus.
    ...pemLines.slice(8).map((line) => Buffer.from(line)),
    ...["BEGIN PRIVATE KEY", "BEGIN RSA PRIVATE KEY", '"d":', '"qi":'].map((text) => Buffer.from(text)),
  ];
}

describe.each(TEST_DIALECTS)("a private key (%s)", (dialect) => {
  let testStore: TestStore;
  let canaries: readonly Buffer[];

  beforeEach(async () => {
    testStore = await openSeededStore(dialect);
    const { store } = testStore;
    const rotation = createKeyRotation({ store, keyPairs: pairs, revokeKey: async () => 0 });
    await rotation.publishKey(SYSTEM, { organizationId: ORGANIZATION, instanceId: INSTANCE });
    const { kid, sealed_private: sealed } = await readRow();
    const plain = open(sealed ?? "", keys.sealing[0], { instanceId: INSTANCE, kid });
    if (plain === undefined) throw new Error("it opens");
    canaries = canariesOf(plain);
  });
  afterEach(() => testStore.close());

  const readRow = () =>
    testStore.store.read((db) => db.selectFrom("agentos_cp_keys").selectAll().executeTakeFirstOrThrow());
  const findIn = (text: string | Buffer) => {
    const bytes = Buffer.from(text);
    return canaries.filter((canary) => bytes.includes(canary)).length;
  };

  it("would be found by this test wherever it stood in the clear", () => {
    expect(canaries.every((canary) => canary.length >= 4)).toBe(true);
    for (const canary of canaries) expect(findIn(Buffer.concat([randomBytes(9), canary]))).toBeGreaterThan(0);
  });

  it("is in no row of the database, and in no backup", async () => {
    const { store, database, location } = testStore;
    const row = await readRow();
    const audit = await store.read((db) => db.selectFrom("agentos_cp_audit").selectAll().execute());
    expect(findIn(JSON.stringify([row, audit]))).toBe(0);
    if (location.kind !== "sqlite") return;
    const copy = join(dirname(location.file), "backup.db");
    await database.backup(copy);
    for (const file of [copy, location.file, `${location.file}-wal`]) {
      const bytes = readFileSync(file);
      expect(bytes.length).toBeGreaterThan(1_000);
      expect(findIn(bytes)).toBe(0);
    }
  });

  it("is in no answer", async () => {
    const { store } = testStore;
    const source = { store, publicUrl: "https://console.example.com" };
    const asked = { request: new Request("https://console.example.com"), issuerId: INSTANCE };
    const answers = [
      JSON.stringify(
        await store.read((db) =>
          listKeys(db, { ...source, instanceId: INSTANCE, issuerId: INSTANCE, scopes: ["authz:read"] }),
        ),
      ),
      await (await answerKeySet(source, asked)).text(),
      await (await answerDiscovery(source, asked)).text(),
    ];
    expect(answers.map(findIn)).toEqual([0, 0, 0]);
  });

  it("is in nothing that a log could show: neither of the pair that signs nor of an error", async () => {
    const row = await readRow();
    const pair = await pairs.openKeyPair(row);
    expect(findIn(inspect(pair, { depth: 9, showHidden: true }) + JSON.stringify(pair))).toBe(0);
    expect(pair.key.extractable).toBe(false);
    const others = createKeyPairs(deriveInstallationKeys([randomBytes(32)]));
    const damaged = { ...row, sealed_private: `${row.sealed_private?.slice(0, -4)}AAAA` };
    for (const work of [others.openKeyPair(row), pairs.openKeyPair(damaged)]) {
      const error: unknown = await work.catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(Error);
      expect(findIn(inspect(error, { depth: 9, showHidden: true }))).toBe(0);
    }
  });

  it("is destroyed when the key is retired or its instance goes to another endpoint", async () => {
    const { store } = testStore;
    await store.change(SYSTEM, async (change) => {
      await pairs.dropKeysOf(change, INSTANCE);
      await change.audit({ organizationId: null, action: "test", target: { kind: "test", id: "" } });
    });
    expect(await readRow()).toMatchObject({ station: "retired", sealed_private: null });
    await expect(pairs.openKeyPair(await readRow())).rejects.toThrow("does not open");
  });
});
