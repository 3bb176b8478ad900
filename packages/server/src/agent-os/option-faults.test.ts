import { renderFault } from "@agentos/contract";
import { ConfigurationError } from "@agentos/guard";
import { findOptionFaults } from "@agentos/guard/app";
import { describe, expect, it } from "vitest";
import { Agent } from "../agents/agent.ts";
import { AgentOS } from "./agent-os.ts";
import { agentOSOptionSource, agentOSOptionsSchema } from "./agent-os-options.ts";

const SECRET = "super-secret-value-4711";

function faultsOf(options: unknown) {
  const { error } = agentOSOptionsSchema.safeParse(options);
  const faults = error === undefined ? [] : findOptionFaults(error, agentOSOptionSource);
  return faults.map((fault) => renderFault(fault, "agentos"));
}

const codesOf = (options: unknown) => faultsOf(options).map(({ code }) => code);

describe("the options of an AgentOS", () => {
  it("finds nothing in options that are right", () => {
    expect(faultsOf({ id: "x", authorization: true, database: null, agents: [], routes: [] })).toEqual([]);
  });

  it("lists every unknown option at once, each with its whole path", () => {
    const faults = faultsOf({
      audiance: "x",
      authorizationConfig: { verifyAudiance: true, unsafe: { allowEverything: true } },
      cors: { origins: [] },
      routes: [{ method: "GET", path: "/a", handler: () => new Response(), scopes: [] }],
    });
    expect(new Set(faults.map(({ code }) => code))).toEqual(new Set(["CONFIG_OPTION_UNKNOWN"]));
    expect(faults.map(({ message }) => message).toSorted()).toEqual([
      '"audiance" is not an option',
      '"authorizationConfig.unsafe.allowEverything" is not an option',
      '"authorizationConfig.verifyAudiance" is not an option',
      '"cors.origins" is not an option',
      '"routes[0].scopes" is not an option',
    ]);
  });

  it("lists wrong values beside unknown options", () => {
    const codes = codesOf({ id: 7, unknown: 1, authorizationConfig: { validate: "no" } });
    expect(codes.toSorted()).toEqual([
      "CONFIG_OPTION_INVALID",
      "CONFIG_OPTION_INVALID",
      "CONFIG_OPTION_UNKNOWN",
    ]);
  });

  it.each([
    ["teams", { teams: [] }, "runtime release"],
    ["workflows", { workflows: [] }, "runtime release"],
  ])("says when %s arrives, and refuses it now", (option, options, when) => {
    const [fault] = faultsOf(options);
    expect(fault).toMatchObject({ code: "CONFIG_OPTION_UNAVAILABLE", severity: "error" });
    expect(fault?.message).toContain(`"${option}" is not available`);
    expect(fault?.message).toContain(when);
  });

  it.each([
    ["another kind of value", { database: 7 }, '"database": must be a text, an object with "url"'],
    [
      "an object without an address",
      { database: { deployment: "a" } },
      '"database": must be a text, an object',
    ],
    ["a period of no time", { retention: { sessionsDays: 0 } }, '"retention.sessionsDays": must be'],
    ["an empty name of the database", { databaseId: "" }, '"databaseId": is empty'],
  ])("refuses a database with %s", (_, options, message) => {
    const faults = faultsOf(options);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.message).toContain(message);
  });

  it.each([null, "sqlite:x.db", { url: "postgres://db/x", deployment: "shop" }])(
    "accepts %j as a database",
    (database) => {
      expect(faultsOf({ database, databaseId: "main", retention: { denialsDays: 0.5 } })).toEqual([]);
    },
  );

  it.each([
    ["an empty id", { id: "" }, "id"],
    [
      "an empty key",
      { authorizationConfig: { verificationKeys: ["ok", ""] } },
      "authorizationConfig.verificationKeys[1]",
    ],
    ["an empty list of audiences", { authorizationConfig: { audience: [] } }, "authorizationConfig.audience"],
    [
      "a token source that is none",
      { authorizationConfig: { tokenSource: "query" } },
      "authorizationConfig.tokenSource",
    ],
    [
      "a header name with a line break",
      { authorizationConfig: { tokenHeaderKey: "X\r\nY" } },
      "authorizationConfig.tokenHeaderKey",
    ],
    ["an empty origin", { cors: { allowedOrigins: [" "] } }, "cors.allowedOrigins[0]"],
    [
      "an unsafe switch that is text",
      { authorizationConfig: { unsafe: { allowAnyAudience: "true" } } },
      "authorizationConfig.unsafe.allowAnyAudience",
    ],
    ["an agent that is none", { agents: [{}] }, "agents[0]"],
    ["a team among the agents", { agents: [{ kind: "team", id: "t", run() {} }] }, "agents[0]"],
    [
      "a route without a handler",
      { routes: [{ method: "GET", path: "/a", access: "public" }] },
      "routes[0].handler",
    ],
    [
      "a route with an empty list of scopes",
      { routes: [{ method: "GET", path: "/a", access: [], handler: () => new Response() }] },
      "routes[0].access",
    ],
    [
      "a route with another method",
      { routes: [{ method: "OPTIONS", path: "/a", access: "public", handler: () => new Response() }] },
      "routes[0].method",
    ],
    ["options that are no object", 7, "options"],
  ])("names the place of %s", (_, options, option) => {
    const faults = faultsOf(options);
    expect(faults.map(({ code }) => code)).toEqual(["CONFIG_OPTION_INVALID"]);
    expect(faults[0]?.message).toMatch(new RegExp(`^"${option.replace(/[[\]]/g, "\\$&")}": \\S`));
  });

  it("says how a raw object becomes an agent, and what to do with two of one id", () => {
    const thrown = (options: object) => {
      try {
        new AgentOS({ env: {}, ...options });
      } catch (error) {
        if (error instanceof ConfigurationError) return error.faults.map(({ fix }) => fix);
        throw error;
      }
      return [];
    };
    expect(thrown({ agents: [{ id: "my-agent" }] })).toEqual([
      'write new Agent({ id: "my-agent", model: "offline:echo" })',
    ]);
    const agent = () => new Agent({ id: "my-agent", model: "offline:echo" });
    const other = new Agent({ id: "other", model: "offline:echo" });
    expect(thrown({ agents: agent() })).toEqual([
      'write "agents": [new Agent({ id: "my-agent", model: "offline:echo" })]',
    ]);
    expect(thrown({ agents: [agent(), agent()] })).toEqual(["give one of them another id"]);
    expect(thrown({ agents: [agent(), other] })).toEqual([]);
    expect(thrown({ limits: { activeRuns: "5" } })).toEqual(['write "activeRuns": 5, without quotes']);
    expect(thrown({ limits: { activeRuns: 5 } })).toEqual([]);
  });

  it("never shows the value that was wrong", () => {
    const wrong = { value: SECRET };
    const faults = faultsOf({
      id: wrong,
      securityKey: wrong,
      authorizationConfig: {
        verificationKeys: [wrong],
        algorithm: wrong,
        tokenSource: SECRET,
        tokenHeaderKey: `${SECRET} with space`,
        unsafe: { allowWeakSecrets: SECRET },
      },
      cors: { allowedOrigins: [SECRET] },
      routes: [{ method: SECRET, path: SECRET, access: SECRET, handler: SECRET }],
      database: SECRET,
    });
    expect(faults.length).toBeGreaterThanOrEqual(10);
    expect(JSON.stringify(faults)).not.toContain(SECRET);
  });
});
