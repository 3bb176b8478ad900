import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { authorizationConfigSchema } from "@agentos/guard/app";
import { Agent, type AgentOptions, AgentOS, type AgentOSOptions, limitsSchema } from "@agentos/server";
import { createTestKey, goodToken, signToken } from "@agentos/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faultsOf } from "../program/failure.ts";
import { agentSchema, configSchema } from "./config-schema.ts";
import { loadJsonConfig } from "./load-json-config.ts";

const folder = mkdtempSync(join(tmpdir(), "agentos-config-"));
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const publicPem = rsa.publicKey.export({ type: "spki", format: "pem" }).toString();
const privatePem = rsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString();

beforeAll(() => {
  writeFileSync(join(folder, "public.pem"), publicPem);
  writeFileSync(join(folder, "private.pem"), privatePem);
});
afterAll(() => rmSync(folder, { recursive: true }));

const load = (config: unknown, env: Record<string, string> = {}) =>
  loadJsonConfig(config, { folder, env, cli: "agentos", isExamined: true });

async function faults(config: unknown, env: Record<string, string> = {}): Promise<readonly string[]> {
  const error = await load(config, env).then(
    () => new Error("the configuration was accepted"),
    (thrown: unknown) => thrown,
  );
  const found = faultsOf(error);
  if (found === undefined) throw error;
  for (const fault of found) expect(fault.fix).not.toBe("");
  return found.map(({ message, code }) => `${code} ${message}`);
}

const agents = [{ id: "echo", model: "offline:echo", instructions: "Repeat." }];

/** Options that only code can give, since they are alive or come from the command; JSON calls the last one "authorization". */
type OnlyInCode =
  | "agents"
  | "authorizationConfig"
  | "cliCommand"
  | "denialRecorder"
  | "env"
  | "logger"
  | "routes"
  | "writtenIn";

/** A new option of `AgentOS` does not compile before it stands here or above. */
const IN_BOTH: Readonly<Record<Exclude<keyof AgentOSOptions, OnlyInCode>, true>> = {
  id: true,
  name: true,
  description: true,
  authorization: true,
  securityKey: true,
  cors: true,
  trustedProxies: true,
  limits: true,
  database: true,
  databaseId: true,
  retention: true,
};

/** Options of an agent that only code can give: those of a provider's models, and some that nobody has asked for yet. */
type AgentOnlyInCode = "maxAttempts" | "maxRetries" | "metadata" | "providerOptions" | "toolCallLimit";

/** A new option of `Agent` does not compile before it stands here or above. */
const AGENT_IN_BOTH: Readonly<Record<Exclude<keyof AgentOptions, AgentOnlyInCode>, true>> = {
  id: true,
  name: true,
  model: true,
  script: true,
  instructions: true,
  description: true,
  quickPrompts: true,
  tools: true,
  addHistoryToContext: true,
  numHistoryRuns: true,
  maxHistoryBytes: true,
  maxHistoryTokens: true,
  historyOverflow: true,
  enableAgenticMemory: true,
  updateMemoryOnRun: true,
};

const REMEMBERING = {
  addHistoryToContext: true,
  numHistoryRuns: 5,
  maxHistoryBytes: 1_000,
  maxHistoryTokens: 100,
  historyOverflow: "summarize",
  enableAgenticMemory: true,
  updateMemoryOnRun: true,
} as const;

describe("the options of an agent in code and those in JSON", () => {
  it.each(Object.keys(AGENT_IN_BOTH))("have %s in common", (name) => {
    expect(agentSchema.shape).toHaveProperty(name);
  });

  it("make the same agent", async () => {
    const os = await load({ id: "shop", agents: [{ id: "a", model: "offline:echo", ...REMEMBERING }] });
    const answer = await os.fetch(new Request("http://localhost/agents/a"), { clientAddress: "127.0.0.1" });
    const inCode = new Agent({ id: "a", model: "offline:echo", ...REMEMBERING }).describe();
    expect(inCode).toMatchObject({
      sessions: { add_history_to_context: true, num_history_runs: 5, enable_session_summaries: true },
      memory: { enable_agentic_memory: true, update_memory_on_run: true },
    });
    expect(await answer.json()).toMatchObject({ ...inCode });
    await os.close();
  });

  it.each([
    [{ numHistoryRuns: 0, addHistoryToContext: "yes" }, 2],
    [{ historyOverflow: "summarize" }, 1],
    [{ maxHistoryByte: 5 }, 1],
  ] as const)("refuse %j alike", async (options, count) => {
    const inCode = () => {
      try {
        void new Agent({ id: "a", model: "offline:echo", ...(options as object) });
      } catch (error) {
        return faultsOf(error)?.map(({ code, at }) => `${code} "agents[0].${at}"`) ?? [];
      }
      return [];
    };
    const found = await faults({ id: "shop", agents: [{ id: "a", model: "offline:echo", ...options }] });
    expect(inCode()).toHaveLength(count);
    expect(found.map((text) => /^\w+ "[^"]+"/.exec(text)?.[0])).toEqual(inCode());
  });
});

describe("the options in code and those in JSON", () => {
  it.each(Object.keys(IN_BOTH))("have %s in common", (name) => {
    expect(configSchema.shape).toHaveProperty(name);
  });

  it.each(Object.keys(limitsSchema.shape))("refuse and take limits.%s alike", async (name) => {
    const inCode = (limits: object) => {
      try {
        void new AgentOS({ limits });
      } catch (error) {
        return faultsOf(error)?.map(({ message, code }) => `${code} ${message}`);
      }
      return [];
    };
    for (const limits of [{ [name]: "many" }, { [name]: -1 }, { [`${name}s`]: 5 }]) {
      expect(await faults({ id: "shop", agents, limits })).toEqual(inCode(limits));
      expect(inCode(limits)).toHaveLength(1);
    }
    // In memory all of them hold.
    const os = await load({ id: "shop", agents, database: null, limits: { [name]: 5 } });
    expect((await os.describe()).limits).toMatchObject({ [name]: 5 });
    await os.close();
  });

  it("name contradictory limits by both of them, together with what else is wrong", async () => {
    expect(
      await faults({ id: "shop", agents, nmae: "x", limits: { activeRuns: 1, activeRunsPerCaller: 5 } }),
    ).toEqual([
      expect.stringContaining(
        '"limits.activeRunsPerCaller": is 5, more than "limits.activeRuns" (1)',
      ) as string,
      expect.stringContaining('"nmae"') as string,
    ]);
  });

  it("have limits that hold", async () => {
    const os = await load({ id: "shop", agents, limits: { runMebibytes: 0.01 } });
    const run = (message: string) =>
      os.fetch(
        new Request("http://localhost/agents/echo/runs", {
          method: "POST",
          body: new URLSearchParams({ message, stream: "false" }),
        }),
        { clientAddress: "127.0.0.1" },
      );
    expect((await run("hi")).status).toBe(200);
    const refused = await run("x".repeat(20_000));
    expect(await refused.json()).toMatchObject({
      fix: expect.stringContaining('"limits.runMebibytes') as string,
    });
    await os.close();
  });
});

describe("a JSON configuration in order", () => {
  it("becomes an AgentOS whose keys and scopes are enforced", async () => {
    const key = await createTestKey("ES256", { kid: "k1" });
    const os = await load(
      { id: "shop", agents, authorization: { verificationKeys: ["env:KEY"] } },
      { KEY: key.verificationKey },
    );
    const call = async (scopes: readonly string[], path = "/agents/echo") => {
      const token = await signToken(
        goodToken({ key, now: Math.floor(Date.now() / 1000), audience: "shop", scopes }),
      );
      const headers = { authorization: `Bearer ${token}`, host: "localhost" };
      return (await os.fetch(new Request(`http://localhost${path}`, { headers }))).status;
    };
    expect(await call(["agents:read"])).toBe(200);
    expect(await call(["agents:run"])).toBe(403);
    expect((await os.fetch(new Request("http://localhost/agents"))).status).toBe(401);
    await os.close();
  });

  it("takes every part of the form that asks for nothing", async () => {
    const os = await load({
      id: "shop",
      name: "Shop",
      agents,
      teams: [],
      workflows: [],
      database: null,
      authorization: null,
      cors: { allowedOrigins: ["https://app.test"] },
      trustedProxies: ["10.0.0.0/8"],
    });
    expect(os).toBeInstanceOf(AgentOS);
    expect((await os.describe()).mode).toBe("none");
  });

  it.each([
    ["sqlite:data/a.db", join(folder, "data/a.db")],
    ["sqlite:///var/lib/a.db", "/var/lib/a.db"],
    ["env:WHERE", join(folder, "b.db")],
    ["file:where.txt", join(folder, "c.db")],
  ])("finds the database %s from its own folder", async (database, file) => {
    writeFileSync(join(folder, "where.txt"), "sqlite:c.db\n");
    const os = await load({ id: "shop", agents, database }, { WHERE: "sqlite:b.db" });
    const shown = (await os.describe()).database ?? "";
    expect(resolve(shown.replace(/^SQLite /, ""))).toBe(file);
    await os.close();
  });

  it("takes the second address of its database from a variable too, and names it where it is wrong", async () => {
    const database = { url: "env:POOLED", directUrl: "env:DIRECT" };
    const env = { POOLED: "postgres://u:secret@pooler/shop", DIRECT: "sqlite:a.db" };
    expect(await faults({ id: "shop", agents, database }, env)).toEqual([
      'CONFIG_OPTION_INVALID "database.directUrl": is not the address of a PostgreSQL',
    ]);
    expect(await faults({ id: "shop", agents, database }, { POOLED: env.POOLED })).toEqual([
      expect.stringContaining('"database.directUrl": the environment variable "DIRECT" is not set'),
    ]);
  });

  it("reads keys from files beside it, with any way of mangling, and says what it repaired", async () => {
    const mangled = publicPem.replaceAll("\n", "\\n");
    const os = await load(
      { id: "shop", agents, authorization: { verificationKeys: ["file:public.pem", "env:KEY"] } },
      { KEY: mangled },
    );
    const { keys } = await os.describe();
    expect(keys.flatMap(({ repairs }) => repairs).join()).toMatch(/^$|line ends/);
    await os.close();
    const alone = await load(
      { id: "shop", agents, authorization: { verificationKeys: ["env:KEY"] } },
      { KEY: mangled },
    );
    expect((await alone.describe()).keys[0]?.repairs.join()).toContain("line ends");
    await alone.close();
  });

  it('verifies tokens without enforcing scopes when "enabled" is false', async () => {
    const os = await load({
      id: "shop",
      agents,
      authorization: { enabled: false, verificationKeys: ["file:public.pem"] },
    });
    expect(await os.describe()).toMatchObject({ mode: "jwt", enforcesScopes: false });
    await os.close();
  });

  it("runs an agent on a script with demo tools", async () => {
    const script = {
      steps: [{ toolCalls: [{ name: "add_numbers", args: { a: 1, b: 2 } }] }, { text: "Three." }],
    };
    const os = await load({
      id: "shop",
      agents: [{ id: "s", model: "offline:script", script, tools: ["add_numbers"] }],
    });
    const body = new URLSearchParams({ message: "1+2", stream: "false" });
    const headers = { host: "localhost" };
    const answer = await os.fetch(
      new Request("http://localhost/agents/s/runs", { method: "POST", body, headers }),
      { clientAddress: "127.0.0.1" },
    );
    expect(await answer.json()).toMatchObject({ content: "Three.", status: "COMPLETED" });
  });
});

describe("a JSON configuration with faults", () => {
  it("names all of them at once, each with its place", async () => {
    const found = await faults({
      id: "shop",
      nmae: "Shop",
      agents: [
        { id: "a", model: "offline:ecko", instrctions: "x" },
        { id: "b b", model: "offline:echo" },
        { id: "c", model: "openai:gpt-5", tools: ["get_tiem"] },
        { id: "d", model: "offline:echo" },
        { id: "d", model: "offline:script" },
        "no agent",
      ],
      teams: [{ id: "t" }],
      workflows: [{ id: "w" }],
      database: "data.db",
      databaseId: "",
      authorization: {
        verificationKeys: ["env:ABSENT", "file:absent.pem", "env:not a name", "file:private.pem"],
        jwksUrl: 7,
        verifyAudince: true,
        tokenSource: "query",
        unsafe: { allowMissingExpirations: true },
      },
      securityKey: "env:ABSENT_TOO",
      cors: { allowedOrigin: [] },
    });
    const expected = [
      'CONFIG_OPTION_UNKNOWN "nmae"',
      'CONFIG_OPTION_UNKNOWN "agents[0].instrctions"',
      'CONFIG_OPTION_INVALID "agents[0].model"',
      'CONFIG_OPTION_INVALID "agents[1].id"',
      'CONFIG_OPTION_UNAVAILABLE "agents[2].model"',
      'CONFIG_OPTION_INVALID "agents[2].tools[0]"',
      'CONFIG_OPTION_INVALID "agents[4].id"',
      'CONFIG_OPTION_INVALID "agents[4].script"',
      'CONFIG_OPTION_INVALID "agents[5]"',
      'CONFIG_OPTION_UNAVAILABLE "teams"',
      'CONFIG_OPTION_UNAVAILABLE "workflows"',
      'CONFIG_OPTION_INVALID "database"',
      'CONFIG_OPTION_INVALID "databaseId"',
      'CONFIG_OPTION_INVALID "authorization.verificationKeys[0]"',
      'CONFIG_OPTION_INVALID "authorization.verificationKeys[1]"',
      'CONFIG_OPTION_INVALID "authorization.verificationKeys[2]"',
      'KEY_PRIVATE "authorization.verificationKeys[3]" (file:private.pem)',
      'CONFIG_OPTION_INVALID "authorization.jwksUrl"',
      'CONFIG_OPTION_UNKNOWN "authorization.verifyAudince"',
      'CONFIG_OPTION_INVALID "authorization.tokenSource"',
      'CONFIG_OPTION_UNKNOWN "authorization.unsafe.allowMissingExpirations"',
      'CONFIG_OPTION_INVALID "securityKey"',
      'CONFIG_OPTION_UNKNOWN "cors.allowedOrigin"',
    ];
    for (const start of expected)
      expect(
        found.filter((fault) => fault.startsWith(start)),
        start,
      ).toHaveLength(1);
    expect(found).toHaveLength(expected.length);
  });

  it("never shows a secret that was written behind env: or file: by mistake", async () => {
    const secret = "a3f9c2e8b1d7460591ce2b7fa3804dd2";
    for (const reference of [`env:${secret}`, `file:${secret}`]) {
      const found = await faults({ id: "shop", agents, authorization: { verificationKeys: [reference] } });
      expect(found).toHaveLength(1);
      expect(found.join()).not.toContain(secret);
    }
  });

  it("knows issuers, and resolves their keys like those outside", async () => {
    const key = await createTestKey("ES256");
    const withKeys = (...verificationKeys: string[]) =>
      faults(
        { id: "a", agents, authorization: { issuers: [{ issuer: "backend", verificationKeys }] } },
        { KEY: key.verificationKey },
      );
    const absent = (index: number) =>
      `CONFIG_OPTION_INVALID "authorization.issuers[0].verificationKeys[${index}]": the environment variable "ABSENT" is not set`;
    expect(await withKeys("env:KEY", "env:ABSENT")).toEqual([absent(1)]);
    expect(await withKeys("env:ABSENT")).toEqual([absent(0)]);
    expect(await withKeys()).toEqual([
      'CONFIG_OPTION_INVALID "authorization.issuers[0].verificationKeys": is empty: it has no entry',
    ]);
    const unknown = [{ issuer: "backend", verificationKey: "x" }];
    const error = await load({ id: "a", agents, authorization: { issuers: unknown } }).catch(
      (thrown: unknown) => thrown,
    );
    expect(faultsOf(error)?.map(({ fix }) => fix)).toEqual([
      'did you mean "verificationKeys"? Otherwise remove it',
    ]);
  });

  it("fetches the keys of an issuer at the start, and names the option when it cannot", async () => {
    const found = await faults({
      id: "a",
      agents,
      authorization: { issuer: "https://issuer.test", jwksUrl: "http://issuer.test/jwks" },
    });
    expect(found).toEqual([
      expect.stringMatching(/KEY_URL_REFUSED "authorization\.jwksUrl": the address of the key set/),
    ]);
  });

  it("suggests the nearest known key", async () => {
    const error = await load({ id: "a", agnets: [], authorization: { verificationKey: ["x"] } }).catch(
      (thrown: unknown) => thrown,
    );
    const fixes = faultsOf(error)
      ?.map(({ fix }) => fix)
      .join("\n");
    expect(fixes).toContain('did you mean "agents"');
    expect(fixes).toContain('did you mean "verificationKeys"');
  });

  it("never calls a key missing that is given and cannot be had", async () => {
    for (const authorization of [
      { verificationKeys: ["env:ABSENT"] },
      { verificationKeys: "text" },
      { jwksUrl: 7 },
      { issuers: [{ issuer: 7 }] },
      { jwksFile: 7 },
    ]) {
      expect((await faults({ id: "a", agents, authorization })).join("\n")).not.toContain(
        "CONFIG_KEYS_MISSING",
      );
    }
    expect((await faults({ id: "a", agents, authorization: {} })).join("\n")).toContain(
      "CONFIG_KEYS_MISSING",
    );
  });

  it.each([
    ["a private key", ["file:private.pem"], "KEY_PRIVATE"],
    ["an RSA key of 1024 bits", ["env:SMALL"], "KEY_WEAK_RSA"],
    ["the path of a PEM file", ["/etc/keys/public.pem"], "KEY_FILE_PATH"],
    ["a shared secret without an algorithm", ["env:SECRET"], "KEY_ALGORITHM_REQUIRED"],
  ])("stops the start with the named cause: %s", async (_, verificationKeys, code) => {
    const small = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
    const env = {
      SMALL: small.export({ type: "spki", format: "pem" }).toString(),
      SECRET: "topsecret".repeat(8),
    };
    const found = await faults({ id: "a", agents, authorization: { verificationKeys } }, env);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(code);
    expect(found.join()).not.toContain("topsecret");
    expect(found.join()).not.toContain(privatePem.slice(60, 90));
  });

  it("counts keys as the file does, whatever is wrong with the ones before, and says where each came from", async () => {
    const keys = ["file:nope.pem", "env:NOPE", "/etc/x.pem", "file:private.pem", "env:LINE"];
    const issuers = [
      { issuer: "https://a.test", name: "a", verificationKeys: ["env:NOPE", "file:private.pem"] },
    ];
    const found = await faults(
      { id: "a", agents, authorization: { verificationKeys: keys, issuers } },
      { LINE: "-----BEGIN PUBLIC KEY-----" },
    );
    const expected = [
      'CONFIG_OPTION_INVALID "authorization.verificationKeys[0]": the file "nope.pem"',
      'CONFIG_OPTION_INVALID "authorization.verificationKeys[1]": the environment variable "NOPE"',
      'KEY_FILE_PATH "authorization.verificationKeys[2]": ',
      'KEY_PRIVATE "authorization.verificationKeys[3]" (file:private.pem): ',
      'KEY_BODY_MISSING "authorization.verificationKeys[4]" (env:LINE): ',
      'CONFIG_OPTION_INVALID "authorization.issuers[0].verificationKeys[0]": ',
      'KEY_PRIVATE "authorization.issuers[0].verificationKeys[1]" (file:private.pem): ',
    ];
    for (const start of expected) expect(found.filter((fault) => fault.startsWith(start))).toHaveLength(1);
    expect(found).toHaveLength(expected.length);
  });

  it("says once that keys are missing, with the command that makes them", async () => {
    const error = await load({ id: "a", agents, authorization: {} }).catch((thrown: unknown) => thrown);
    expect(faultsOf(error)?.map(({ code }) => code)).toEqual(["CONFIG_KEYS_MISSING"]);
    expect(faultsOf(error)?.[0]?.fix).toContain("`agentos keys generate`");
  });

  it("takes the variable that the server reads by itself, named in the list, as one key", async () => {
    const os = await load(
      { id: "a", agents, authorization: { verificationKeys: ["env:JWT_VERIFICATION_KEY"] } },
      { JWT_VERIFICATION_KEY: publicPem },
    );
    const { keys, findings } = await os.describe();
    expect(keys).toHaveLength(1);
    expect(findings).toEqual([]);
    await os.close();
  });

  it("says for each kind of fault what to write instead", async () => {
    const error = await load({
      id: 7,
      agents: [
        { id: "a" },
        { id: "b", model: 5 },
        { id: "c d", model: "offline:echo" },
        { id: "e", model: "offline:script", script: "hello" },
        { id: "f", model: "gpt-4" },
        "none",
      ],
      authorization: { verificationKeys: "k", tokenSource: "query", audience: 7, enabled: "yes" },
    }).catch((thrown: unknown) => thrown);
    const found = (faultsOf(error) ?? []).map(({ message, fix }) => `${message} => ${fix}`).join("\n");
    for (const text of [
      '"id": must be a text, and is a number => write "id": "my-agent"',
      '"agents[0].model": is required => add "model": "offline:echo"',
      '"agents[1].model": must be a text, and is a number => write "model": "offline:echo"',
      '"agents[2].id": may only have letters',
      '"agents[3].script": must be an object that says what the model answers => write "script": { "steps": [',
      '"agents[5]": must be an object, and is a text => write { "id": "my-agent", "model": "offline:echo" }',
      '"authorization.verificationKeys": must be a list, and is a text => write "verificationKeys": ["file:agentos-public.pem"]',
      '"authorization.tokenSource": must be one of "header", "cookie", "both" => use one of',
      '"authorization.audience": must be a text or a list of texts, and is a number => set "audience" to the "aud"',
      '"authorization.enabled": must be true or false, and is a text => write "enabled": true',
    ]) {
      expect(found).toContain(text);
    }
    expect(found).not.toContain("correct the value");
    const model = found.split("\n").find((line) => line.includes("agents[4].model")) ?? "";
    for (const text of ['"offline:echo"', '"offline:script"', ".ts", "openai("])
      expect(model).toContain(text);
    expect(model).not.toContain("leave the option out");
  });

  it("names faults of options and of keys together", async () => {
    const found = await faults({
      id: "a",
      agents,
      authorization: { verificationKeys: ["file:private.pem"], validate: false, jwksFile: "absent.json" },
    });
    expect(new Set(found.map((fault) => fault.split(" ")[0]))).toEqual(
      new Set(["CONFIG_TOKENS_UNVERIFIED", "KEY_JWKS_FILE_MISSING", "KEY_PRIVATE"]),
    );
  });

  it.each([[null], [[]], ["text"], [7]])("refuses %j", async (config) => {
    expect(await faults(config)).toHaveLength(1);
  });

  it("knows every option of the server's authorization", async () => {
    const error = await load({ id: "a", agents, authorization: { notAnOptionAtAll: 1 } }).catch(
      (thrown: unknown) => thrown,
    );
    const fix = faultsOf(error)
      ?.find(({ code }) => code === "CONFIG_OPTION_UNKNOWN")
      ?.fix.split(/[ ,]+/);
    expect(fix).toEqual(expect.arrayContaining(Object.keys(authorizationConfigSchema.shape)));
  });
});
