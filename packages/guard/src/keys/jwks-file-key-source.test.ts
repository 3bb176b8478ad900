import { execFileSync } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, rename, rm, symlink, unlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selectKeys } from "@agentos/auth";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import {
  createJwksFileKeySource,
  type JwksFileKeySource,
  type JwksFileOptions,
} from "./jwks-file-key-source.ts";

let folder: string;
let path: string;
let seconds: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "jwks-"));
  path = join(folder, "jwks.json");
  seconds = 1_800_000_000;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const toText = (...keys: readonly object[]) => JSON.stringify({ keys });
const createJwk = (kid: string) => ({
  ...generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" }),
  kid,
});
const [a, b] = [createJwk("a"), createJwk("b")];

async function load(options: Partial<JwksFileOptions> = {}) {
  const result = await createJwksFileKeySource({
    path,
    source: "JWT_JWKS_FILE",
    now: () => seconds,
    pollIntervalMs: 0,
    ...options,
  });
  onTestFinished(() => result.keySource?.close());
  return result;
}

async function open(text = toText(a), options: Partial<JwksFileOptions> = {}): Promise<JwksFileKeySource> {
  await writeFile(path, text);
  const { keySource, faults } = await load(options);
  expect(faults).toEqual([]);
  if (keySource === undefined) throw new Error("no source");
  return keySource;
}

const kids = (source: JwksFileKeySource) => source.current().keys.map(({ kid }) => kid);
const codes = (source: JwksFileKeySource) => source.status().faults.map(({ code }) => code);

describe("at start", () => {
  test("reads the keys of the file", async () => {
    const source = await open(toText(a, b));
    expect(kids(source)).toEqual(["a", "b"]);
    expect(source.status()).toEqual({ state: "ok", faults: [] });
  });

  test.each([
    ["a missing file", async () => {}, "KEY_JWKS_FILE_MISSING"],
    [
      "a file in the place of a folder",
      async () => writeFile(path, "x").then(() => (path = join(path, "jwks.json"))),
      "KEY_JWKS_FILE_MISSING",
    ],
    ["a folder", async () => mkdir(path), "KEY_JWKS_FILE_NOT_A_FILE"],
    ["a link to nowhere", async () => symlink(join(folder, "nowhere"), path), "KEY_JWKS_FILE_MISSING"],
    ["a link to itself", async () => symlink(path, path), "KEY_JWKS_FILE_UNREADABLE"],
    ["an empty file", async () => writeFile(path, ""), "KEY_JWKS_INVALID"],
    ["no JSON", async () => writeFile(path, "keys"), "KEY_JWKS_INVALID"],
    ["a list", async () => writeFile(path, "[]"), "KEY_JWKS_INVALID"],
    ["UTF-16", async () => writeFile(path, Buffer.from(`\uFEFF${toText(a)}`, "utf16le")), "KEY_JWKS_INVALID"],
    ["no keys", async () => writeFile(path, toText()), "KEY_JWKS_EMPTY"],
    ["too much", async () => writeFile(path, " ".repeat(512 * 1024 + 1)), "KEY_JWKS_TOO_LARGE"],
  ] as const)("%s is a named fault without the path", async (_, prepare, code) => {
    await prepare();
    const { keySource, faults } = await load();
    expect(keySource).toBeUndefined();
    expect(faults).toMatchObject([{ code, severity: "error", at: "JWT_JWKS_FILE" }]);
    expect(JSON.stringify(faults)).not.toContain(folder);
  });

  test.skipIf(process.platform === "win32")("a pipe is refused without waiting for a writer", async () => {
    execFileSync("mkfifo", [path]);
    const { faults } = await load();
    expect(faults).toMatchObject([{ code: "KEY_JWKS_FILE_NOT_A_FILE" }]);
  });

  // Root may read everything, so there the rule cannot be seen.
  test.skipIf(process.getuid?.() === 0)("a file without permission is refused by name", async () => {
    await writeFile(path, toText(a));
    await chmod(path, 0);
    expect((await load()).faults).toMatchObject([
      { code: "KEY_JWKS_FILE_UNREADABLE", facts: { reason: "permission denied" } },
    ]);
  });

  test("a bad key beside a good one only warns; a private one stops the start", async () => {
    await writeFile(path, toText(a, { kty: "XYZ" }));
    const result = await load();
    expect(result.faults).toMatchObject([{ code: "KEY_TYPE_UNSUPPORTED", severity: "warning" }]);
    expect(result.keySource?.status().state).toBe("ok");
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    await writeFile(path, toText(a, privateKey.export({ format: "jwk" })));
    expect((await load()).keySource).toBeUndefined();
  });

  test("the configured algorithm holds for the file", async () => {
    await writeFile(path, toText(a));
    expect((await load({ algorithm: "RS256" })).faults.map(({ code }) => code)).toEqual([
      "KEY_ALGORITHM_MISMATCH",
      "KEY_JWKS_EMPTY",
    ]);
  });
});

describe("when the file changes", () => {
  test.each([
    ["holds no key any more", toText()],
    ["holds no usable key any more", toText({ kty: "XYZ" })],
  ])("and %s, its keys are gone at once, and come back with it", async (_, text) => {
    const source = await open();
    expect(kids(source)).toEqual(["a"]);
    await writeFile(path, text);
    await source.poll();
    expect(kids(source)).toEqual([]);
    await writeFile(path, toText(a));
    await source.poll();
    expect(kids(source)).toEqual(["a"]);
  });

  test("the new keys replace the old at once, and listeners hear of it", async () => {
    const source = await open();
    const before = source.current();
    const heard = vi.fn<() => void>();
    const stop = source.subscribe(heard);
    await writeFile(path, toText(b));
    await source.poll();
    expect(kids(source)).toEqual(["b"]);
    expect(source.current().generation).toBeGreaterThan(before.generation);
    expect(heard).toHaveBeenCalledTimes(1);
    expect(selectKeys(source.current(), { algorithm: "ES256", kid: "a" })).toEqual({
      refusal: "unknown-kid",
    });
    stop();
    await writeFile(path, toText(a));
    await source.poll();
    expect(heard).toHaveBeenCalledTimes(1);
  });

  test("nothing happens while it does not, even when it is touched or written again", async () => {
    const source = await open();
    const before = source.current();
    for (let i = 0; i < 5; i += 1) await source.poll();
    await utimes(path, 1, 1);
    await source.poll();
    await writeFile(path, toText(a));
    await source.poll();
    expect(source.current()).toBe(before);
  });

  test("an atomic rename is followed", async () => {
    const source = await open();
    const fresh = join(folder, "fresh.json");
    await writeFile(fresh, toText(b));
    await rename(fresh, path);
    await source.poll();
    expect(kids(source)).toEqual(["b"]);
  });

  test("a symlink swap, as Kubernetes mounts change, is followed", async () => {
    const [first, second, data] = [join(folder, "..1"), join(folder, "..2"), join(folder, "..data")];
    for (const [place, jwk] of [
      [first, a],
      [second, b],
    ] as const) {
      await mkdir(place);
      await writeFile(join(place, "jwks.json"), toText(jwk));
    }
    await symlink(first, data);
    await symlink(join(data, "jwks.json"), path);
    const { keySource } = await load();
    if (keySource === undefined) throw new Error("no source");
    expect(kids(keySource)).toEqual(["a"]);
    await symlink(second, `${data}_tmp`);
    await rename(`${data}_tmp`, data);
    await rm(first, { recursive: true });
    await keySource.poll();
    expect(kids(keySource)).toEqual(["b"]);
  });

  test("a second write that leaves size and times alike is noticed within the next looks", async () => {
    const source = await open();
    await writeFile(path, toText(b));
    await source.poll();
    // Same length, and the times put back: only the content differs (the change time still tells, as it should).
    await writeFile(path, toText(a));
    await source.poll();
    await source.poll();
    expect(kids(source)).toEqual(["a"]);
  });

  test("a half written file keeps the last good keys until it is whole", async () => {
    const source = await open();
    const before = source.current();
    await writeFile(path, toText(a, b).slice(0, 150));
    await source.poll();
    expect(source.current()).toBe(before);
    expect(source.status().state).toBe("stale");
    expect(codes(source)).toEqual(["KEY_JWKS_FILE_STALE", "KEY_JWKS_INVALID"]);
    await writeFile(path, toText(a, b));
    await source.poll();
    expect(kids(source)).toEqual(["a", "b"]);
    expect(source.status()).toEqual({ state: "ok", faults: [] });
  });

  test.each([
    ["vanishes", () => unlink(path), "KEY_JWKS_FILE_MISSING"],
    ["is emptied", () => writeFile(path, ""), "KEY_JWKS_INVALID"],
  ] as const)("and %s, the last good keys stay for an hour and not longer", async (_, spoil, code) => {
    const source = await open();
    const before = source.current();
    const heard: string[] = [];
    source.subscribe(() => heard.push(source.status().state));
    await spoil();
    await source.poll();
    seconds += 3600;
    await source.poll();
    expect(source.current()).toBe(before);
    expect(source.status().state).toBe("stale");
    expect(codes(source)).toContain(code);

    seconds += 1;
    expect(source.current().keys).toEqual([]);
    expect(source.current().generation).toBeGreaterThan(before.generation);
    expect(source.status().state).toBe("failed");
    expect(codes(source)[0]).toBe("KEY_JWKS_FILE_EXPIRED");
    expect([...new Set(heard)]).toEqual(["stale", "failed"]);

    await writeFile(path, toText(a));
    await source.poll();
    expect(kids(source)).toEqual(["a"]);
    expect(source.status().state).toBe("ok");
  });

  test("an hour without a change is no reason to drop keys, and the hour starts at the last good look", async () => {
    const source = await open();
    await source.poll();
    await source.poll();
    await source.poll();
    seconds += 10_000;
    await source.poll();
    expect(source.status().state).toBe("ok");
    await unlink(path);
    seconds += 3500;
    await source.poll();
    expect(kids(source)).toEqual(["a"]);
    seconds += 101;
    expect(kids(source)).toEqual([]);
  });

  test("more than an hour cannot be configured", async () => {
    const source = await open(toText(a), { maxStaleSeconds: 1e9 });
    await unlink(path);
    await source.poll();
    seconds += 3601;
    expect(source.status().state).toBe("failed");
  });
});

describe("an unknown key id", () => {
  test("causes a look at once and tells whether the keys changed", async () => {
    const source = await open();
    await writeFile(path, toText(a, b));
    expect(await source.refresh("b")).toBe(true);
    expect(kids(source)).toEqual(["a", "b"]);
  });

  test("causes no second look within the cool-down, whatever the first one gave", async () => {
    const source = await open(toText(a), { refreshCooldownSeconds: 5 });
    expect(await source.refresh("x")).toBe(false);
    await writeFile(path, toText(a, b));
    seconds += 4;
    expect(await source.refresh("b")).toBe(false);
    expect(kids(source)).toEqual(["a"]);
    seconds += 1;
    expect(await source.refresh("b")).toBe(true);
  });

  test("shares one look with all that ask at the same time", async () => {
    const source = await open();
    await writeFile(path, toText(b));
    expect(await Promise.all([source.refresh("b"), source.refresh("b"), source.refresh("b")])).toEqual([
      true,
      true,
      true,
    ]);
    expect(source.current().generation).toBe(1);
  });
});

describe("a set that is made to break its reader", () => {
  // 20,000 values behind one another: a reader that calls itself for each has no stack for them.
  const odd = {
    kty: "oct",
    alg: "HS256",
    k: Buffer.from("3006020101040100".repeat(20_000), "hex").toString("base64url"),
  };

  const createSecret = (kid: string) => ({
    kty: "oct",
    kid,
    k: randomBytes(32).toString("base64url"),
  });
  const [one, two] = [createSecret("one"), createSecret("two")];
  const algorithm = "HS256";

  test.each([
    ["beside a good key", toText(one, odd)],
    ["alone", toText(odd)],
  ])("%s is a fault at start", async (_, text) => {
    await writeFile(path, text);
    const { faults } = await load({ algorithm });
    expect(faults.map(({ code }) => code)).toContain("KEY_TOO_LARGE");
  });

  test("is a fault while the source runs, and the good key stays", async () => {
    const source = await open(toText(one), { pollIntervalMs: 5, algorithm });
    const small = Buffer.from("3006020101040100".repeat(8_000), "hex").toString("base64url");
    for (const [jwk, code] of [
      [odd, "KEY_TOO_LARGE"],
      [{ ...odd, k: small }, "KEY_PUBLIC_AS_SECRET"],
    ] as const) {
      await writeFile(path, toText(one, jwk));
      await vi.waitFor(() => expect(codes(source)).toContain(code));
      expect(kids(source)).toEqual(["one"]);
    }
    await writeFile(path, toText(two));
    await vi.waitFor(() => expect(kids(source)).toEqual(["two"]));
    expect(source.status()).toEqual({ state: "ok", faults: [] });
  });

  test("takes no secret in beside public keys while the source runs", async () => {
    const source = await open(toText(a), { pollIntervalMs: 5 });
    await writeFile(path, toText(a, b, one));
    await vi.waitFor(() => expect(codes(source)).toContain("KEY_KINDS_MIXED"));
    expect(kids(source)).toEqual(["a"]);
    await writeFile(path, toText(a, b));
    await vi.waitFor(() => expect(kids(source)).toEqual(["a", "b"]));
  });
});

describe("whatever a look throws", () => {
  /** The algorithm is read at each look, so it is a way to make one throw. */
  const createFailing = async () => {
    await writeFile(path, toText(a));
    const now = () => seconds;
    const state = { isBroken: false };
    const options: JwksFileOptions = {
      path,
      source: "JWT_JWKS_FILE",
      now,
      pollIntervalMs: 0,
      get algorithm() {
        if (state.isBroken) throw new RangeError(`secret detail of ${path}`);
        return undefined;
      },
    };
    return { state, create: () => createJwksFileKeySource(options) };
  };

  test("is a fault at start", async () => {
    const { state, create } = await createFailing();
    state.isBroken = true;
    const { keySource, faults } = await create();
    expect(keySource).toBeUndefined();
    expect(faults).toMatchObject([{ code: "KEY_JWKS_INVALID", severity: "error" }]);
    expect(JSON.stringify(faults)).not.toMatch(/secret detail|jwks\.json/);
  });

  test("is a fault while the source runs, and the last good keys stay for their hour", async () => {
    const { state, create } = await createFailing();
    const { keySource: source } = await create();
    if (source === undefined) throw new Error("no source");
    state.isBroken = true;
    await writeFile(path, toText(b));
    await source.poll();
    expect([kids(source), codes(source)]).toEqual([["a"], ["KEY_JWKS_FILE_STALE", "KEY_JWKS_INVALID"]]);
    expect(await source.refresh("b")).toBe(false);
    seconds += 3_601;
    expect(kids(source)).toEqual([]);
    state.isBroken = false;
    await source.poll();
    expect([kids(source), source.status()]).toEqual([["b"], { state: "ok", faults: [] }]);
    source.close();
  });

  test("by way of a listener ends nothing, and the other listeners hear of the change", async () => {
    const source = await open();
    const heard = vi.fn<() => void>();
    source.subscribe(() => {
      throw new Error("a careless listener");
    });
    source.subscribe(heard);
    await writeFile(path, toText(b));
    await source.poll();
    expect([kids(source), source.status().state, heard.mock.calls.length]).toEqual([["b"], "ok", 1]);
    await unlink(path);
    await source.poll();
    seconds += 3_601;
    expect(kids(source)).toEqual([]);
    expect(heard.mock.calls.length).toBeGreaterThan(1);
  });
});

describe("the timer", () => {
  test("polls by itself and stops when closed", async () => {
    const source = await open(toText(a), { pollIntervalMs: 5 });
    await writeFile(path, toText(b));
    await vi.waitFor(() => expect(kids(source)).toEqual(["b"]));
    source.close();
    await writeFile(path, toText(a));
    await source.poll();
    expect(kids(source)).toEqual(["b"]);
  });
});
