// Files of keys and secrets, by the real command and a real server: bytes are never replaced, nothing is written through a link.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bearer, send } from "./support/http.ts";
import { makeFolder, runCommand } from "./support/run-cli.ts";

const ID = "agent-os";
/** The line of a server that takes requests. */
const READY = /(?:ready at|Serving) http:\/\/[^\s/]+:(\d+)/;
const TIMEOUT = { timeout: 60_000 };

const writeConfig = (cwd: string, authorization: object) => {
  const agents = [{ id: "shop", model: "offline:echo" }];
  writeFileSync(
    join(cwd, "agentos.json"),
    JSON.stringify({ id: ID, agents, authorization: { enabled: true, ...authorization } }),
  );
};
const serve = async (cwd: string) => {
  const result = await runCommand(["serve", "--config", "agentos.json", "--port", "0"], { cwd }, READY);
  const port = READY.exec(result.stdout)?.[1];
  return { ...result, port: port === undefined ? undefined : Number(port) };
};
const mint = (cwd: string, file: string) =>
  runCommand(
    [
      "token",
      "mint",
      "--key",
      file,
      "--algorithm",
      "HS256",
      "--aud",
      ID,
      "--sub",
      "u",
      "--scopes",
      "agents:read",
    ],
    { cwd },
  );

/** Differs from the other in bytes that are no UTF-8, so that both are the same text where such bytes are replaced. */
const twoFiles = () => {
  const tail = Buffer.from(randomBytes(40).toString("base64url"));
  return [0x80, 0x81].map((byte) => Buffer.concat([Buffer.of(byte, 0xfe, 0xff), tail]));
};

describe("a secret file of bytes that are no text", () => {
  test("signs nothing and verifies nothing, so two of them are never the same secret", TIMEOUT, async () => {
    const cwd = makeFolder();
    const [one, two] = twoFiles();
    writeFileSync(join(cwd, "one.bin"), one ?? "");
    writeFileSync(join(cwd, "two.bin"), two ?? "");
    const minted = await mint(cwd, "one.bin");
    expect([minted.code, minted.stdout]).toEqual([1, ""]);
    expect(minted.stderr).toContain("holds bytes that are no UTF-8 text");
    expect(minted.stderr).toContain("openssl rand -base64 48");
    writeConfig(cwd, { verificationKeys: ["file:two.bin"], algorithm: "HS256" });
    const served = await serve(cwd);
    expect([served.port, served.code]).toEqual([undefined, 3]);
    expect(served.stdout + served.stderr).toContain("holds bytes that are no UTF-8 text");
  });

  test(
    "the twin of text signs a token that the server takes, and no token of another text",
    TIMEOUT,
    async () => {
      const cwd = makeFolder();
      for (const name of ["one.txt", "two.txt"])
        writeFileSync(join(cwd, name), `${randomBytes(48).toString("base64")}\n`);
      writeConfig(cwd, { verificationKeys: ["file:one.txt"], algorithm: "HS256" });
      const { port = 0 } = await serve(cwd);
      const ask = async (file: string) =>
        (await send(port, { path: "/agents", headers: bearer((await mint(cwd, file)).stdout.trim()) }))
          .status;
      expect([await ask("one.txt"), await ask("two.txt")]).toEqual([200, 401]);
    },
  );

  test("lost bytes in a variable or in code are refused as well", TIMEOUT, async () => {
    const cwd = makeFolder();
    writeConfig(cwd, { verificationKeys: ["env:SECRET"], algorithm: "HS256" });
    const secret = randomBytes(40).toString("base64url");
    const start = (value: string) =>
      runCommand(
        ["serve", "--config", "agentos.json", "--port", "0"],
        { cwd, env: { SECRET: value } },
        READY,
      );
    const refused = await start(`\uFFFD${secret}`);
    expect([refused.code, refused.stdout + refused.stderr]).toEqual([
      3,
      expect.stringContaining("KEY_SECRET_BYTES_LOST"),
    ]);
    expect((await start(secret)).code).toBeNull();
  });

  test.each([
    ["with its mark", (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le")],
    ["without its mark", (text: string) => Buffer.from(text, "utf16le")],
    ["big-endian", (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16()],
  ])("UTF-16 %s is named, in a secret, a key set and a configuration", TIMEOUT, async (_, encode) => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, "secret.txt"), encode(randomBytes(48).toString("base64")));
    writeFileSync(join(cwd, "jwks.json"), encode('{"keys":[]}'));
    expect((await mint(cwd, "secret.txt")).stderr).toContain("holds UTF-16 text");
    writeConfig(cwd, { jwksFile: "jwks.json" });
    const served = await serve(cwd);
    expect(served.stdout + served.stderr).toContain("it is UTF-16 text");
    writeFileSync(join(cwd, "agentos.json"), encode("{}"));
    const broken = await serve(cwd);
    expect([broken.code, broken.stderr]).toEqual([3, expect.stringContaining("holds UTF-16 text")]);
  });
});

test("a key in DER is read as it is, from a file and from standard input", TIMEOUT, async () => {
  const cwd = makeFolder();
  const der = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({
    type: "spki",
    format: "der",
  });
  writeFileSync(join(cwd, "key.der"), der);
  for (const [reference, stdin] of [
    ["key.der", ""],
    ["-", der],
  ] as const) {
    const shown = await runCommand(["keys", "show", reference], { cwd, stdin });
    expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining("a binary key was read")]);
  }
  const lost = await runCommand(["keys", "show", "-"], { cwd, stdin: Buffer.concat([Buffer.of(0xff), der]) });
  expect([lost.code, lost.stderr]).toEqual([
    1,
    expect.stringContaining("standard input is bytes that are no UTF-8 text"),
  ]);
});

describe("keys generate", () => {
  const names = ["agentos-private.pem", "agentos-public.pem", "agentos-jwks.json"];
  const generate = (cwd: string, ...more: readonly string[]) =>
    runCommand(["keys", "generate", "--algorithm", "ES256", ...more], { cwd });

  test("--force writes through no link and into no file that somebody else has", TIMEOUT, async () => {
    const cwd = makeFolder();
    const victim = join(cwd, "victim");
    mkdirSync(victim);
    for (const name of names) writeFileSync(join(victim, name), "untouched");
    symlinkSync(join(victim, "agentos-private.pem"), join(cwd, "agentos-private.pem"));
    linkSync(join(victim, "agentos-public.pem"), join(cwd, "agentos-public.pem"));
    symlinkSync(join(cwd, "absent"), join(cwd, "agentos-jwks.json"));
    expect((await generate(cwd, "--force")).code).toBe(0);
    for (const name of names) {
      expect(readFileSync(join(victim, name), "utf8")).toBe("untouched");
      expect(lstatSync(join(cwd, name)).isFile()).toBe(true);
    }
    expect(lstatSync(join(cwd, "agentos-private.pem")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(cwd, "agentos-private.pem"), "utf8")).toContain("BEGIN PRIVATE KEY");
    expect(readdirSync(cwd).toSorted((a, b) => a.localeCompare(b))).toEqual(
      [...names, "victim"].toSorted((a, b) => a.localeCompare(b)),
    );
  });

  test(
    "without it writes none of the three where one exists, a link that leads nowhere included",
    TIMEOUT,
    async () => {
      const cwd = makeFolder();
      symlinkSync(join(cwd, "planted"), join(cwd, "agentos-jwks.json"));
      const refused = await generate(cwd);
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("exists already")]);
      expect(readdirSync(cwd)).toEqual(["agentos-jwks.json"]);
      expect((await generate(cwd, "--out", "other")).code).toBe(0);
    },
  );

  test(
    "--force replaces all three or none: the old private key stays where one cannot be",
    TIMEOUT,
    async () => {
      const cwd = makeFolder();
      expect((await generate(cwd)).code).toBe(0);
      const read = () => names.slice(0, 2).map((name) => readFileSync(join(cwd, name), "utf8"));
      const before = read();
      rmSync(join(cwd, "agentos-jwks.json"));
      mkdirSync(join(cwd, "agentos-jwks.json"));
      const refused = await generate(cwd, "--force");
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("is a folder")]);
      expect(read()).toEqual(before);
      expect(readdirSync(cwd)).toHaveLength(3);
      rmdirSync(join(cwd, "agentos-jwks.json"));
      expect((await generate(cwd, "--force")).code).toBe(0);
      expect(read()).not.toEqual(before);
    },
  );

  test("warns where everybody may replace the files", TIMEOUT, async () => {
    const cwd = makeFolder();
    chmodSync(cwd, 0o777);
    expect((await generate(cwd)).stderr).toContain("everybody on this machine can replace these files");
    chmodSync(cwd, 0o755);
    if (process.getuid?.() === 0) {
      mkdirSync(join(cwd, "theirs"));
      chownSync(join(cwd, "theirs"), 65_534, 65_534);
      expect((await generate(cwd, "--out", "theirs/key")).stderr).toContain("belongs to that user");
    }
    expect((await generate(cwd, "--force")).stderr).not.toContain("everybody");
  });
});

describe.runIf(process.getuid?.() === 0)("the key of agentos dev", () => {
  test("is not taken from a folder that another user has made", TIMEOUT, async () => {
    const cwd = makeFolder();
    const dev = () => runCommand(["dev", "--port", "0"], { cwd }, READY);
    mkdirSync(join(cwd, ".agentos"));
    chownSync(join(cwd, ".agentos"), 65_534, 65_534);
    const refused = await dev();
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('".agentos" belongs to another user'),
    ]);
    chownSync(join(cwd, ".agentos"), 0, 0);
    expect((await dev()).code).toBeNull();
  });
});
