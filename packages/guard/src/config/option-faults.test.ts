import { type Fault, renderFault } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { authorizationConfigSchema } from "./auth-options.ts";
import { findOptionFaults, formatPath, listKnownKeys, type OptionSource } from "./option-faults.ts";

const schema = z.strictObject({
  id: z.string().min(1),
  shape: z.union([z.literal("round"), z.instanceof(Date)]).optional(),
  script: z.strictObject({ steps: z.array(z.strictObject({ text: z.string() })) }).optional(),
  issuers: z
    .array(z.strictObject({ issuer: z.string(), jwksUrl: z.string().optional() }))
    .readonly()
    .nullish(),
  routes: z.array(z.strictObject({ path: z.string() }).transform((route) => route.path)).default([]),
});

function find(value: unknown, source: Omit<OptionSource, "schema"> = {}): readonly Fault[] {
  const { error } = schema.safeParse(value);
  return error === undefined ? [] : findOptionFaults(error, { schema, ...source });
}

const say = (faults: readonly Fault[]) =>
  faults.map((fault) => {
    const { code, message, fix } = renderFault(fault, "agentos");
    return `${code} ${message} => ${fix}`;
  });

describe("findOptionFaults", () => {
  it("finds nothing in options that are right", () => {
    expect(find({ id: "a", issuers: [{ issuer: "x" }] })).toEqual([]);
  });

  it("names each problem at its path, with what to write", () => {
    expect(say(find({ id: 7, issuers: [{ issuer: "x" }, {}] }))).toEqual([
      'CONFIG_OPTION_INVALID "id": must be a text => write "id": "my-agent"',
      'CONFIG_OPTION_INVALID "issuers[1].issuer": is required => set "issuer" to the "iss" of your tokens, to the letter',
    ]);
  });

  it("says what an unknown option may have been meant for, at any depth, or which are known there", () => {
    const wrong = {
      id: "a",
      isuers: [],
      issuers: [{ issuer: "x", jwksURI: "y" }],
      routes: [{ path: "/", zzzzzz: 1 }],
    };
    expect(say(find(wrong))).toEqual([
      'CONFIG_OPTION_UNKNOWN "issuers[0].jwksURI" is not an option => did you mean "jwksUrl"? Otherwise remove it',
      'CONFIG_OPTION_UNKNOWN "routes[0].zzzzzz" is not an option => remove it; known here: path',
      'CONFIG_OPTION_UNKNOWN "isuers" is not an option => did you mean "issuers"? Otherwise remove it',
    ]);
  });

  it("names what is known inside of an option that is a text or an object", () => {
    const options = z.strictObject({
      database: z.union([z.string(), z.strictObject({ url: z.string(), deployment: z.string().optional() })]),
    });
    const { error } = options.safeParse({ database: { url: "sqlite:a.db", zzzzzz: "a" } });
    expect(error && say(findOptionFaults(error, { schema: options }))).toEqual([
      'CONFIG_OPTION_UNKNOWN "database.zzzzzz" is not an option => remove it; known here: url, deployment',
    ]);
  });

  it.each([
    ["auth", "authorization"],
    ["jwt", "authorization"],
    ["origins", "allowedOrigins"],
  ])("takes %s, which people guess, for %s, and never says to leave the protection out", (written, meant) => {
    const options = z.strictObject({ authorization: z.string(), allowedOrigins: z.string() }).partial();
    const { error } = options.safeParse({ [written]: "x" });
    expect(error && say(findOptionFaults(error, { schema: options }))).toEqual([
      `CONFIG_OPTION_UNKNOWN "${written}" is not an option => did you mean "${meant}"? Otherwise remove it`,
    ]);
  });

  it("says when an option arrives, and takes no inherited name for one", () => {
    const arriving = { teams: "teams arrive later" };
    expect(
      find({ id: "a", teams: [], constructor: 1 }, { arriving }).map(({ code, at }) => [code, at]),
    ).toEqual([
      ["CONFIG_OPTION_UNAVAILABLE", "teams"],
      ["CONFIG_OPTION_UNKNOWN", "constructor"],
    ]);
  });

  it("puts the place of the whole before every path, and calls the whole by its name", () => {
    const prefix = ["agents", 2];
    expect(find({ id: "", nmae: 1 }, { prefix }).map(({ at }) => at)).toEqual([
      "agents[2].id",
      "agents[2].nmae",
    ]);
    expect(find(7, { prefix }).map(({ at }) => at)).toEqual(["agents[2]"]);
    expect(find(7).map(({ at }) => at)).toEqual(["options"]);
    expect(find(7, { whole: "the file" }).map(({ at }) => at)).toEqual(["the file"]);
  });

  it("says what was found beside what was expected, and never a text or a secret", () => {
    const given = { id: 4711, shape: null, issuers: [{ issuer: "" }, { issuer: " \t" }], routes: [[]] };
    expect(say(find(given, { given })).map((line) => line.split(" => ")[0])).toEqual([
      'CONFIG_OPTION_INVALID "id": must be a text, and is a number',
      'CONFIG_OPTION_INVALID "shape": must be a text or a list of texts, and is null',
      'CONFIG_OPTION_INVALID "routes[0]": must be an object, and is a list',
    ]);
  });

  it.each([
    ["verification_keys", "verificationKeys"],
    ["verificationkeys", "verificationKeys"],
    ["VerificationKeys", "verificationKeys"],
    ["verification-keys", "verificationKeys"],
    ["secret_key", "verificationKeys"],
    ["jwks_file", "jwksFile"],
    ["user_isolation", "userIsolation"],
    ["excluded_route_paths", "excludedRoutePaths"],
    ["scopes_claim", "scopesClaim"],
    ["issueer", "issuer"],
  ])("takes %s for %s", (written, meant) => {
    const { error } = authorizationConfigSchema.safeParse({ [written]: "x" });
    const faults = error === undefined ? [] : findOptionFaults(error, { schema: authorizationConfigSchema });
    expect(say(faults)).toEqual([
      `CONFIG_OPTION_UNKNOWN "${written}" is not an option => did you mean "${meant}"? Otherwise remove it`,
    ]);
  });

  it.each(Object.keys(authorizationConfigSchema.shape))(
    "knows the snake case and the other letter case of %s",
    (name) => {
      for (const written of [
        name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        name.toUpperCase(),
      ]) {
        if (written === name) continue;
        const { error } = authorizationConfigSchema.safeParse({ [written]: "x" });
        const faults =
          error === undefined ? [] : findOptionFaults(error, { schema: authorizationConfigSchema });
        expect(say(faults)[0]).toContain(`did you mean "${name}"?`);
      }
    },
  );

  it("lets an option speak for itself, and shows its whole form beside what is wrong inside", () => {
    const words = { script: { problem: "is no script", suggestion: "write one", form: "{ … }" } };
    expect(say(find({ id: "a", script: "x" }, { words }))).toEqual([
      'CONFIG_OPTION_INVALID "script": is no script => write one',
    ]);
    expect(say(find({ id: "a", script: { steps: [{ text: 1 }] } }, { words }))).toEqual([
      expect.stringMatching(/"script\.steps\[0\]\.text": must be a text => .*; the whole form: \{ … \}$/),
    ]);
  });
});

describe("a suggestion", () => {
  const parse = (value: object) => {
    const { error } = options.safeParse(value);
    return error === undefined ? [] : findOptionFaults(error, { schema: options, given: value });
  };
  const options = z.strictObject({
    authorizationConfig: authorizationConfigSchema.optional(),
    limits: z.strictObject({ runs: z.number().int(), sizes: z.array(z.number()).optional() }).optional(),
  });
  const fixOf = (value: object) => parse(value).map((fault) => renderFault(fault, "agentos").fix);
  const config = (authorizationConfig: object) => ({ authorizationConfig });
  const listed = (more: object) => config({ issuers: [{ issuer: "https://a.test", ...more }] });

  it.each<[object, string, object]>([
    [
      config({ allowedScopes: "agent_os:admin" }),
      'write "allowedScopes": ["agent_os:admin"]',
      config({ allowedScopes: ["agent_os:admin"] }),
    ],
    [
      listed({ allowedScopes: "agents:read agents:*:run" }),
      'write "allowedScopes": ["agents:read", "agents:*:run"]',
      listed({ allowedScopes: ["agents:read", "agents:*:run"] }),
    ],
    [
      config({ scopeMappings: { "GET /a": "reports:read" } }),
      'write "GET /a": ["reports:read"]',
      config({ scopeMappings: { "GET /a": ["reports:read"] } }),
    ],
    [
      listed({ subjectPrefix: "partner" }),
      'end it with ":", "|" or "/", such as "partner:"',
      listed({ subjectPrefix: "partner:" }),
    ],
    [
      listed({ subjectPrefix: "a b" }),
      'write "subjectPrefix": "partner:"',
      listed({ subjectPrefix: "partner:" }),
    ],
    [{ limits: { runs: "5" } }, 'write "runs": 5, without quotes', { limits: { runs: 5 } }],
    [
      { limits: { runs: 1, sizes: ["2.5"] } },
      "write 2.5, without quotes",
      { limits: { runs: 1, sizes: [2.5] } },
    ],
    [
      config({ userIsolation: "false" }),
      'write "userIsolation": false, without quotes',
      config({ userIsolation: false }),
    ],
  ])("for %j keeps what was meant, and helps", (wrong, fix, fixed) => {
    expect(fixOf(wrong)).toEqual([fix]);
    expect(parse(fixed)).toEqual([]);
  });

  it.each<[object, string, object]>([
    [config({ tokenSource: "Cookie" }), 'write "tokenSource": "cookie"', config({ tokenSource: "cookie" })],
    [config({ validate: "no" }), 'write "validate": false, without quotes', config({ validate: false })],
    [listed({ algorithms: ["es256"] }), 'write "ES256"', listed({ algorithms: ["ES256"] })],
    [
      config({ issuer: "" }),
      'set "issuer" to the "iss" of your tokens, to the letter',
      config({ issuer: "x" }),
    ],
    [
      config({ verificationKeys: [" "] }),
      "write a public key in PEM or as a JWK",
      config({ verificationKeys: ["x"] }),
    ],
  ])("for %j is what belongs there, and helps", (wrong, fix, fixed) => {
    expect(fixOf(wrong)).toEqual([fix]);
    expect(parse(fixed)).toEqual([]);
  });

  it("is the name that the part has in code, where that of a file stands", () => {
    const inCode = z.strictObject({ authorization: z.boolean().optional() });
    const given = { authorization: { verificationKeys: ["x"] } };
    const { error } = inCode.safeParse(given);
    const [fault] = error === undefined ? [] : findOptionFaults(error, { schema: inCode, given });
    expect(fault && renderFault(fault, "agentos")).toMatchObject({
      message: '"authorization": must be true or false, and is an object',
      fix: 'call it "authorizationConfig"',
    });
  });

  it("is an example where the text says nothing, or may be a secret", () => {
    expect(fixOf({ limits: { runs: "many" } })).toEqual(['write "runs": 10']);
    expect(fixOf(config({ allowedScopes: "everything of mine" }))).toEqual([
      'write "allowedScopes": ["agents:read"]',
    ]);
    const secret = "s3cret:s3cret";
    expect(JSON.stringify(fixOf(config({ verificationKeys: secret, audience: 5 })))).not.toContain("s3cret");
  });
});

describe("listKnownKeys", () => {
  it.each([
    [[], ["id", "shape", "script", "issuers", "routes"]],
    [["script"], ["steps"]],
    [["script", "steps", 0], ["text"]],
    [
      ["issuers", 3],
      ["issuer", "jwksUrl"],
    ],
    [["routes", 0], ["path"]],
    [["id"], []],
    [["absent", "deeper"], []],
  ])("at %j", (path, keys) => {
    expect(listKnownKeys(schema, path)).toEqual(keys);
  });
});

it("formats a path as people write it", () => {
  expect(formatPath(["agents", 0, "tools", 1])).toBe("agents[0].tools[1]");
  expect(formatPath([])).toBe("");
});
