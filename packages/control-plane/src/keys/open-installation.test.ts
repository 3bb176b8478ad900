import { randomBytes } from "node:crypto";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationError } from "@agentos/guard";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TEST_DIALECTS, type TestStore } from "../store/test-store.fixture.ts";
import { createKeyPairs } from "./key-pairs.ts";
import { openInstallation } from "./open-installation.ts";
import { INSTANCE, openSeededStore } from "./seeded-store.fixture.ts";

const newSecret = () => randomBytes(32).toString("base64");

describe.each(TEST_DIALECTS)("the installation's keys at a start (%s)", (dialect) => {
  let testStore: TestStore;
  let home: string;
  let folder: string;

  beforeEach(async () => {
    testStore = await openSeededStore(dialect);
    home = mkdtempSync(join(tmpdir(), "agentos-keys-"));
    folder = join(home, ".agentos");
  });
  afterEach(async () => {
    await testStore.close();
    rmSync(home, { recursive: true, force: true });
  });

  const start = (variable?: string) =>
    openInstallation({ store: testStore.store, variable, folder, cli: "agentos" });
  const refuse = async (variable?: string) => {
    const error: unknown = await start(variable).then(
      () => "it started",
      (cause: unknown) => cause,
    );
    if (!(error instanceof ConfigurationError)) throw error;
    return error;
  };
  /** Stores a pair that the keys of this start have sealed. */
  async function sealPair(variable?: string) {
    const { keys } = await start(variable);
    const pairs = createKeyPairs(keys);
    const prepared = await pairs.prepareKeyPair(INSTANCE);
    await testStore.store.note((db, now) =>
      pairs.createKeyPairFor(
        {
          db,
          now,
          actor: { kind: "system" },
          audit: async () => {},
          lockInstance: async () => {},
          lockOrganization: async () => {},
        },
        prepared,
      ),
    );
    return keys;
  }

  it("are made once, in a file that only this user can read and git does not see, and are the same at the next start", async () => {
    const first = await start();
    expect(first).toMatchObject({ origin: "file", isNew: true });
    const file = join(folder, "control-plane.key");
    expect([lstatSync(folder).mode & 0o777, lstatSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("*\n");
    const second = await start();
    expect(second).toMatchObject({ origin: "file", isNew: false });
    expect(second.keys).toEqual(first.keys);
  });

  it("are the same ones for two starts at the same time", async () => {
    const starts = await Promise.all([start(), start(), start(), start()]);
    expect(new Set(starts.map(({ keys }) => keys.sealing[0].id)).size).toBe(1);
  });

  it("are taken from the variable before the file, which is not made then", async () => {
    expect(await start(newSecret())).toMatchObject({ origin: "variable", isNew: false });
    expect(() => lstatSync(folder)).toThrow("ENOENT");
  });

  it("are refused where the variable holds something else, with every fault", async () => {
    const { faults } = await refuse("short,shorter");
    expect(faults.map(({ code }) => code)).toEqual([
      "CONFIG_SEALING_KEY_INVALID",
      "CONFIG_SEALING_KEY_INVALID",
    ]);
    expect(await start(newSecret())).toMatchObject({ origin: "variable" });
  });

  it("are never made anew over what is sealed: without the file the start is refused, and names the key and the fix", async () => {
    const keys = await sealPair();
    renameSync(folder, `${folder}-away`);
    const { faults, message } = await refuse();
    expect(faults.map(({ code }) => code)).toEqual(["CONFIG_SEALING_KEY_MISSING"]);
    expect(message).toContain(keys.sealing[0].id);
    expect(message).toContain("AGENTOS_CONTROL_PLANE_KEY");
    expect(() => lstatSync(folder)).toThrow("ENOENT");
    renameSync(`${folder}-away`, folder);
    expect((await start()).keys).toEqual(keys);
  });

  it("are refused where they are others than those that have sealed, and taken where the old one stands behind the new", async () => {
    const [before, now] = [newSecret(), newSecret()];
    await sealPair(before);
    const { faults } = await refuse(now);
    expect(faults.map(({ code, at }) => [code, at])).toEqual([
      ["CONFIG_SEALING_KEY_WRONG", "AGENTOS_CONTROL_PLANE_KEY"],
    ]);
    const { keys } = await start(`${now},${before}`);
    const row = await testStore.store.read((db) =>
      db.selectFrom("agentos_cp_keys").selectAll().executeTakeFirstOrThrow(),
    );
    expect((await createKeyPairs(keys).openKeyPair(row)).kid).toBe(row.kid);
  });

  it.each([
    ["others can read it", (file: string) => chmodSync(file, 0o640), "others may read or change it"],
    [
      "it is a link to another file",
      (file: string) => {
        rmSync(file);
        writeFileSync(join(home, "elsewhere"), newSecret(), { mode: 0o600 });
        symlinkSync(join(home, "elsewhere"), file);
      },
      "it is a link",
    ],
    [
      "it is a folder",
      (file: string) => {
        rmSync(file);
        mkdirSync(file, { mode: 0o700 });
      },
      "it is not a file",
    ],
    ["it is huge", (file: string) => writeFileSync(file, "A".repeat(5_000)), "more than 4096 bytes"],
  ])("are not taken from a file where %s", async (_, spoil, problem) => {
    await start();
    spoil(join(folder, "control-plane.key"));
    const { faults, message } = await refuse();
    expect(faults.map(({ code }) => code)).toEqual(["CONFIG_SEALING_FILE_UNUSABLE"]);
    expect(message).toContain(problem);
    expect(message).not.toContain(home);
    expect(await start(newSecret())).toMatchObject({ origin: "variable" });
  });

  it("are not written through a link in the place of the folder, nor into one that others may change", async () => {
    mkdirSync(join(home, "elsewhere"), { mode: 0o700 });
    symlinkSync(join(home, "elsewhere"), folder);
    expect((await refuse()).message).toContain("its folder");
    rmSync(folder);
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    expect((await refuse()).message).toContain("its folder");
    chmodSync(folder, 0o700);
    expect(await start()).toMatchObject({ isNew: true });
  });
});
