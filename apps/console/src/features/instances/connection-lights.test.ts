import { describe, expect, test } from "vitest";
import type { Finding } from "../../lib/explain-refusal.ts";
import type { Instance } from "../../lib/instance-state.ts";
import type { ProbeReport } from "../../lib/probe-endpoint.ts";
import type { Trial } from "../../lib/trial.ts";
import { canVerifyTokens, deriveLights, isAllGreen, isConnectable, placeOf } from "./connection-lights.ts";
import { makeInstance, makeObservation } from "./instance.fixture.ts";
import type { LightId, LightState, LightsInput } from "./light.ts";
import { describeConnecting, describeLights } from "./lights-state.ts";

const ANSWERED: ProbeReport = {
  outcome: "answered",
  isRedirected: false,
  date: undefined,
  answers: [
    { route: "GET /health", status: 200, body: { status: "ok" } },
    { route: "GET /info", status: 200, body: { os_id: "shop", agent_count: 1 } },
    { route: "GET /config", status: 401, body: { detail: "Authorization header missing" } },
  ],
};
const LET_IN: Trial = { kind: "let-in", credential: "minted" };

function look(given: Partial<LightsInput> = {}) {
  const lights = deriveLights({
    instance: makeInstance(),
    report: ANSWERED,
    trial: LET_IN,
    browser: "chrome",
    consoleOrigin: "http://localhost:7778",
    ...given,
  });
  return {
    lights,
    of: (id: LightId) => lights.find((light) => light.id === id),
    states: lights.map(({ state }) => state),
  };
}

function cause(code: string): Finding {
  return {
    code,
    certainty: "certain",
    title: "the instance does something else",
    evidence: [],
    fix: "mend it where it is configured",
    command: null,
    choices: [],
  };
}

/** A letter for each state, so that a row of the table is a word of ten. */
const LETTERS: Readonly<Record<LightState, string>> = {
  passed: "g",
  warn: "w",
  failed: "R",
  asks: "?",
  looking: "l",
  waiting: "-",
};
const OPEN = { authorization: false, security_key: false };
const WITH_KEY = { authorization: false, security_key: true };
const draft = (given: Partial<Instance> = {}) => makeInstance({ is_draft: true, os_id: null, ...given });
const ON_CONSOLE_HOST = draft({ findings: [cause("INSTANCE_ON_CONSOLE_HOST")] });
const failedAs = (outcome: ProbeReport["outcome"]): ProbeReport => ({ ...ANSWERED, outcome, answers: [] });
const answeredBy = (...answers: ProbeReport["answers"]): ProbeReport => ({ ...ANSWERED, answers });
const refused = (...codes: string[]): Trial => ({
  kind: "refused",
  credential: "minted",
  status: 401,
  causes: codes.map(cause),
});
const mode = (given: Partial<NonNullable<Instance["observed"]>>, desired = OPEN) =>
  makeInstance({ observed: makeObservation(given), desired });

/** Every outcome of every look, and the lights that it makes: address to scope. */
const TABLE: readonly (readonly [situation: string, lights: string, given: Partial<LightsInput>])[] = [
  ["let in by a token", "gggggggggg", {}],
  ["let in by its security key", "gggggggggg", { trial: { kind: "let-in", credential: "security-key" } }],
  ["let in without anything", "gggggggggg", { trial: { kind: "let-in", credential: "none" } }],
  [
    "on the host of the console",
    "wggggggggg",
    { instance: makeInstance({ findings: [cause("INSTANCE_ON_CONSOLE_HOST")] }) },
  ],
  [
    "a draft on the host of the console",
    "R---------",
    { instance: ON_CONSOLE_HOST, report: undefined, trial: undefined },
  ],
  [
    "a draft without an address",
    "?---------",
    { instance: draft({ endpoint: null }), report: undefined, trial: undefined },
  ],
  ["nothing seen yet", "gl-----l--", { report: undefined, trial: undefined }],
  ["mixed content", "gR--------", { report: failedAs("mixed-content") }],
  ["kept out of the local network", "gR--------", { report: failedAs("local-network-refused") }],
  ["nobody answers", "ggR-------", { report: failedAs("unreachable") }],
  ["no answer in time", "ggR-------", { report: failedAs("timed-out") }],
  ["CORS", "gggR------", { report: failedAs("cors-refused") }],
  ["a redirect", "ggggR-----", { report: { ...ANSWERED, answers: [], isRedirected: true } }],
  ["another program", "ggggR-----", { report: answeredBy({ route: "GET /health", status: 200 }) }],
  [
    "a wrong path",
    "ggggR-----",
    { report: answeredBy({ route: "GET /health", status: 404, body: { detail: "Not Found" } }) },
  ],
  [
    "a path within an AgentOS",
    "ggggR-----",
    {
      report: answeredBy({
        route: "GET /health",
        status: 401,
        body: { type: "/errors/AUTH_HEADER_MISSING" },
      }),
    },
  ],
  [
    "an address that is connected already",
    "R---------",
    { instance: draft(), trial: undefined, taken: makeInstance({ name: "Shop" }) },
  ],
  ["another AgentOS than was connected", "ggggwggggg", { instance: makeInstance({ os_id: "store" }) }],
  ["a draft that can be connected", "ggggggg---", { instance: draft(), trial: undefined }],
  ["no version", "ggggg?gggg", { instance: makeInstance({ version: null, version_source: "unknown" }) }],
  [
    "too old for tokens",
    "gggggwgggg",
    { instance: makeInstance({ version: "2.3.12", version_source: "stated" }) },
  ],
  [
    "asks for nothing, and is meant to",
    "ggggggwggg",
    { instance: mode({ mode: "none" }), trial: { kind: "let-in", credential: "none" } },
  ],
  [
    "asks for nothing, and is not meant to",
    "ggggggR---",
    { instance: mode({ mode: "none" }, { ...OPEN, authorization: true }) },
  ],
  ["verifies no token", "ggggggR---", { instance: mode({ mode: "jwt-unverified" }) }],
  ["does not tell what it asks for", "ggggggR---", { instance: mode({ mode: null }) }],
  ["is being tried", "gggggggl--", { trial: undefined }],
  ["its security key is not known here", "ggggggg?gg", { trial: { kind: "no-key" } }],
  [
    "another security key",
    "gggggggR--",
    {
      instance: mode({ mode: "security_key" }, WITH_KEY),
      trial: { kind: "refused", credential: "security-key", status: 401, causes: [] },
    },
  ],
  [
    "tokens are asked for, and none are made",
    "gggggggR--",
    {
      instance: makeInstance({ desired: OPEN }),
      trial: { kind: "refused", credential: "none", status: 401, causes: [] },
    },
  ],
  ["another key", "gggggggR--", { trial: refused("INSTANCE_KEY_OTHER") }],
  ["another audience", "ggggggggR-", { trial: refused("AUTH_AUDIENCE_MISMATCH") }],
  ["a scope is missing", "gggggggggR", { trial: refused("SCOPE_MISSING") }],
  ["refused without a word", "gggggggR--", { trial: refused() }],
];

describe("the lights, address to scope", () => {
  test.each(TABLE)("%s: %s", (_, expected, given) => {
    const { lights, states } = look(given);
    expect(states.map((state) => LETTERS[state]).join("")).toBe(expected);
    // A red light says what was seen and what to do, and so does whatever else is no plain green.
    for (const { id, state, said, fix } of lights)
      if (["failed", "warn", "asks"].includes(state))
        expect([id, said, fix]).toEqual([id, expect.stringMatching(/./), expect.stringMatching(/.{20}/)]);
    expect(isAllGreen(lights)).toBe(/^[gw]+$/.test(expected));
    expect(isConnectable(lights)).toBe(/^[gw]g{3}[gw]/.test(expected));
  });

  test("each outcome of a look is in the table", () => {
    const outcomes: Record<ProbeReport["outcome"], true> = {
      answered: true,
      unreachable: true,
      "timed-out": true,
      "cors-refused": true,
      "mixed-content": true,
      "local-network-refused": true,
    };
    const shown = new Set(TABLE.map(([, , { report = ANSWERED }]) => report.outcome));
    expect([...shown].toSorted()).toEqual(Object.keys(outcomes).toSorted());
  });
});

test("all of them in one word: the fault, what is asked, or that it is ready", () => {
  const wordOf = (given: Partial<LightsInput>) =>
    describeLights(look(given).lights, { isDraft: given.instance?.is_draft === true }).word;
  expect(wordOf({})).toBe("10 checks passed");
  expect(wordOf({ instance: mode({ mode: "none" }), trial: { kind: "let-in", credential: "none" } })).toBe(
    "9 checks passed, 1 to know",
  );
  expect(wordOf({ instance: draft(), trial: undefined, taken: makeInstance() })).toBe("Connected already");
  expect(wordOf({ instance: ON_CONSOLE_HOST, trial: undefined })).toBe("On the console's host");
  expect(wordOf({ instance: draft() })).toBe("Ready to connect");
  expect(wordOf({ instance: draft(), report: undefined })).toBe("Checking…");
  expect(wordOf({ report: failedAs("cors-refused") })).toBe("Blocked by CORS");
  expect(wordOf({ trial: { kind: "no-key" } })).toBe("Type its security key");
});

test("a draft is connected anyway only where something is known to stand between", () => {
  const say = (given: Partial<LightsInput>) => {
    const { isReady, isClosed, label, note } = describeConnecting(
      look({ instance: draft(), trial: undefined, ...given }).lights,
    );
    return [isClosed ? "closed" : isReady, label, note.split(" ")[0]];
  };
  expect(say({})).toEqual([true, "Connect it", "It"]);
  expect(say({ report: undefined })).toEqual(["closed", "Connect it", "First"]);
  expect(say({ taken: makeInstance() })).toEqual(["closed", "Connect it", "There"]);
  expect(say({ instance: ON_CONSOLE_HOST })).toEqual(["closed", "Connect it", "An"]);
  expect(say({ report: failedAs("cors-refused") })).toEqual([false, "Connect anyway", "Colleagues"]);
  expect(say({ report: answeredBy({ route: "GET /health", status: 404 }) })).toEqual([
    false,
    "Connect anyway",
    "Nobody",
  ]);
});

describe("words of the connection", () => {
  test("name TLS where an address on https is not answered, and not otherwise", () => {
    const fix = (endpoint: string) =>
      look({ instance: makeInstance({ endpoint }), report: failedAs("unreachable") }).of("reachable")?.fix;
    expect(fix("https://localhost:7770")).toContain("`http://localhost:7770`");
    expect(fix("http://localhost:7770")).not.toContain("TLS");
  });

  test.each([
    ["time-out", "timed-out", "reachable", /time-out/],
    ["mixed content", "mixed-content", "network", /Chrome never sends .*mixed content.* https/],
    ["nobody there", "unreachable", "reachable", /No connection .*Start the instance/],
  ] as const)("name a %s", (_, outcome, id, words) => {
    const { of } = look({ report: failedAs(outcome) });
    expect(`${of(id)?.said} ${of(id)?.fix}`).toMatch(words);
  });

  test("name this browser's permission, and which network it is about", () => {
    const said = (endpoint: string) =>
      look({
        instance: makeInstance({ endpoint }),
        report: failedAs("local-network-refused"),
        consoleOrigin: "https://console.example.com",
        browser: "edge",
      }).of("network");
    expect(said("http://localhost:7777")?.said).toBe("Edge has not let this page into this machine");
    expect(said("https://192.168.0.7")?.said).toBe("Edge has not let this page into the local network");
    expect(said("https://192.168.0.7")?.fix).toContain("Local network access");
  });

  test("remind of a question that was closed, where the browser may have asked one", () => {
    const fix = (consoleOrigin: string) =>
      look({ report: failedAs("unreachable"), consoleOrigin }).of("reachable")?.fix ?? "";
    expect(fix("https://console.example.com")).toContain("has asked whether the page may reach your network");
    expect(fix("http://localhost:7778")).not.toContain("has asked");
  });

  test("name both ids where another AgentOS answers", () => {
    const { of } = look({ instance: makeInstance({ os_id: "store" }) });
    expect(of("agentos")?.said).toBe("It is one, and calls itself “shop”: “store” was connected here");
  });

  test("CORS: the line has the origin of this console", () => {
    const { of } = look({ report: { ...ANSWERED, outcome: "cors-refused", answers: [] } });
    expect(of("cors")?.lines?.code).toBe(`export CORS_ORIGIN_LIST='["http://localhost:7778"]'`);
  });
});

describe("what is no AgentOS", () => {
  test("a health route alone is told", () => {
    const report = answeredBy(
      { route: "GET /health", status: 200, body: { status: "ok" } },
      { route: "GET /info", status: 404 },
      { route: "GET /config", status: 404 },
    );
    expect(look({ report }).of("agentos")?.state).toBe("failed");
  });

  test("the console itself is named, but not an AgentOS that shares its address", () => {
    const instance = makeInstance({ endpoint: "http://localhost:7778/agents" });
    const strange = answeredBy({ route: "GET /health", status: 200, body: { status: "ok" } });
    expect(look({ instance, report: strange }).of("agentos")?.said).toContain("address of this console");
    expect(look({ instance }).of("agentos")?.state).toBe("passed");
  });

  test("of a path within an AgentOS the address without it is named", () => {
    const instance = makeInstance({ endpoint: "http://localhost:7770/agents" });
    const health = { route: "GET /health", status: 401 } as const;
    const ours = answeredBy({ ...health, body: { type: "/errors/AUTH_HEADER_MISSING" } });
    expect(look({ instance, report: ours }).of("agentos")?.fix).toContain("http://localhost:7770,");
    const other = answeredBy({ ...health, body: { type: "about:blank" } });
    expect(look({ instance, report: other }).of("agentos")?.said).toContain("not that of an AgentOS");
  });

  test("a redirect is told, and not followed", () => {
    const { of } = look({ report: { ...ANSWERED, answers: [], isRedirected: true } });
    expect(of("agentos")?.said).toBe("It sends the request elsewhere");
  });

  test("one of Python before it had GET /info is one", () => {
    const { of } = look({
      report: {
        ...ANSWERED,
        answers: [
          { route: "GET /health", status: 200, body: { status: "ok" } },
          { route: "GET /info", status: 401, body: { detail: "Authorization header required" } },
          { route: "GET /config", status: 401, body: { detail: "Authorization header required" } },
        ],
      },
    });
    expect(of("agentos")?.state).toBe("passed");
  });
});

test.each([
  ["2.3.12", false],
  ["v2.3.13", true],
  ["2.10", true],
  ["2.3", false],
  ["3", true],
])("%s: verifies tokens is %s", (version, expected) => expect(canVerifyTokens(version)).toBe(expected));

describe("a draft", () => {
  test("is connectable when it is an AgentOS; the last three are tried afterwards", () => {
    const { lights, of } = look({ instance: makeInstance({ is_draft: true }), trial: undefined });
    expect(isConnectable(lights)).toBe(true);
    expect(of("key")).toMatchObject({ state: "waiting", said: "Tried once it is connected" });
  });

  test("without an address asks for one", () => {
    const { of } = look({ instance: makeInstance({ is_draft: true, endpoint: null }), report: undefined });
    expect(of("address")?.state).toBe("asks");
  });
});

describe("a refused trial stops at the light of its cause", () => {
  test.each([
    ["INSTANCE_KEY_OTHER", "key"],
    ["INSTANCE_KEY_MANGLED", "key"],
    ["INSTANCE_ALGORITHM_OTHER", "key"],
    ["TOKEN_KEY_RETIRED", "key"],
    ["AUTH_AUDIENCE_MISMATCH", "audience"],
    ["TOKEN_AUDIENCE_STALE", "audience"],
    ["INSTANCE_OS_ID_DIFFERS", "audience"],
    ["TOKEN_ROLE_INSUFFICIENT", "scope"],
    ["SCOPE_MISSING", "scope"],
  ] as const)("%s", (code, id) => {
    expect(placeOf(code)).toBe(id);
    const trial: Trial = { kind: "refused", credential: "minted", status: 401, causes: [cause(code)] };
    const { of } = look({ trial });
    expect(of(id)).toMatchObject({
      state: "failed",
      said: "The instance does something else",
      fix: "Mend it where it is configured.",
    });
  });

  test("without a cause it says the status", () => {
    const { of } = look({ trial: { kind: "refused", credential: "minted", status: 401, causes: [] } });
    expect(of("key")?.said).toBe("Refused with status 401");
  });

  test("an instance that asks for tokens, of which none are made here, says what to switch on", () => {
    const { of } = look({
      instance: makeInstance({ desired: { authorization: false, security_key: false } }),
      trial: { kind: "refused", credential: "none", status: 401, causes: [] },
    });
    expect(of("key")?.fix).toMatch(/^Switch Authorization on/);
  });
});
