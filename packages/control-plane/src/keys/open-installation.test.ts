import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
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
import { createInterface } from "node:readline";
import { ConfigurationError } from "@agentos/guard";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { TEST_DIALECTS, type TestStore } from "../store/test-store.fixture.ts";
import { readKeyOfDatabase, takeDatabase } from "./installation-record.ts";
import { createKeyPairs } from "./key-pairs.ts";
import { openInstallation } from "./open-installation.ts";
import { INSTANCE, openSeededStore } from "./seeded-store.fixture.ts";

/** What a process of its own prints. */
const outcomeSchema = z.object({
  key: z.string().optional(),
  message: z.string().optional(),
  faults: z.array(z.object({ code: z.string(), at: z.string() })).optional(),
});
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

  it("are those of whoever was first, of two processes that start at once with folders of their own", {
    timeout: 30_000,
  }, async () => {
    const folders = ["one", "two"].map((name) => join(home, name));
    const file = new URL("start-process.fixture.ts", import.meta.url).pathname;
    const processes = folders.map((own) =>
      spawn(
        process.execPath,
        ["--conditions=@agentos/source", file, JSON.stringify(testStore.location), own],
        { stdio: ["pipe", "pipe", "inherit"] },
      ),
    );
    const lines = processes.map(({ stdout }) => createInterface({ input: stdout })[Symbol.asyncIterator]());
    const readLines = () => Promise.all(lines.map(async (one) => String((await one.next()).value)));
    expect(await readLines()).toEqual(["ready", "ready"]);
    for (const { stdin } of processes) stdin.write("go\n");
    const outcomes = (await readLines()).map((line) => outcomeSchema.parse(JSON.parse(line)));
    const first = outcomes.findIndex(({ key }) => key !== undefined);
    const [won, lost] = [outcomes[first], outcomes[1 - first]];
    expect(lost?.faults).toMatchObject([
      { code: "CONFIG_SEALING_KEY_WRONG", at: ".agentos/control-plane.key" },
    ]);
    expect(lost?.message).toContain(won?.key);
    expect(lost?.message).toContain('copy the file ".agentos/control-plane.key"');
    // As it says.
    const [from = "", to = ""] = [folders[first], folders[1 - first]];
    copyFileSync(join(from, "control-plane.key"), join(to, "control-plane.key"));
    const { keys } = await openInstallation({
      store: testStore.store,
      variable: undefined,
      folder: to,
      cli: "agentos",
    });
    expect(keys.sealing[0].id).toBe(won?.key);
  });

  it("are those that the database belongs to, although nothing is sealed yet", async () => {
    const [one, other] = [newSecret(), newSecret()];
    const { keys } = await start(one);
    const { faults, message } = await refuse(other);
    expect(faults.map(({ code }) => code)).toEqual(["CONFIG_SEALING_KEY_WRONG"]);
    expect(message).toContain(keys.sealing[0].id);
    expect(message).toContain('the same "AGENTOS_CONTROL_PLANE_KEY"');
    expect(message).not.toContain(one);
    expect((await refuse()).faults.map(({ code }) => code)).toEqual(["CONFIG_SEALING_KEY_MISSING"]);
    expect(() => lstatSync(folder)).toThrow("ENOENT");
    expect(await start(`${other},${one}`)).toMatchObject({ origin: "variable" });
  });

  it("take no database that they do not open: one of before has the key of its rows", async () => {
    const [before, now] = [newSecret(), newSecret()];
    await sealPair(before);
    await testStore.store.note((db) => db.deleteFrom("agentos_cp_installation").execute());
    await refuse(now);
    const { keys } = await start(before);
    expect(await testStore.store.read(readKeyOfDatabase)).toBe(keys.sealing[0].id);
  });

  it("take a database once, however many do it at once", async () => {
    const ids = ["a", "b", "c", "d", "e", "f"];
    const owners = await Promise.all(
      ids.map((id) => takeDatabase(testStore.store, { id, bytes: new Uint8Array(32) })),
    );
    expect(new Set(owners).size).toBe(1);
    expect(ids).toContain(owners[0]);
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
    const secret = readFileSync(join(folder, "control-plane.key"), "utf8");
    spoil(join(folder, "control-plane.key"));
    const { faults, message } = await refuse();
    expect(faults.map(({ code }) => code)).toEqual(["CONFIG_SEALING_FILE_UNUSABLE"]);
    expect(message).toContain(problem);
    expect(message).not.toContain(home);
    expect(await start(secret)).toMatchObject({ origin: "variable" });
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
