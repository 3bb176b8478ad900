import { describe, expect, test } from "vitest";
import type { ProbeReport } from "../../lib/probe-endpoint.ts";
import type { Cause, Trial } from "../../lib/trial.ts";
import {
  canVerifyTokens,
  deriveLights,
  describeLights,
  isAllGreen,
  isConnectable,
  type LightId,
  type LightsInput,
  placeOf,
} from "./connection-lights.ts";
import { makeInstance, makeObservation } from "./instance.fixture.ts";

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

function cause(code: string): Cause {
  return {
    code,
    certainty: "certain",
    title: "the instance does something else",
    evidence: [],
    fix: "mend it",
    command: null,
    choices: [],
  };
}

test("all ten are green for who is let in", () => {
  const { lights, states } = look();
  expect(states).toEqual(Array.from({ length: 10 }, () => "passed"));
  expect(isAllGreen(lights)).toBe(true);
});

test("all of them in one word: the fault, what is asked, or that it is ready", () => {
  const wordOf = (given: Partial<LightsInput>) =>
    describeLights(look(given).lights, { isDraft: given.instance?.is_draft === true }).word;
  const draft = makeInstance({ is_draft: true });
  expect(wordOf({})).toBe("All lights are green");
  expect(wordOf({ instance: draft })).toBe("Ready to connect");
  expect(wordOf({ instance: draft, report: undefined })).toBe("Checking…");
  expect(wordOf({ report: { ...ANSWERED, outcome: "cors-refused", answers: [] } })).toBe("Blocked by CORS");
  expect(wordOf({ trial: { kind: "no-key" } })).toBe("Type its security key");
});

describe("each fault of the connection stops at its light, and those behind it wait", () => {
  test.each([
    ["mixed-content", "network"],
    ["local-network-refused", "network"],
    ["unreachable", "reachable"],
    ["timed-out", "reachable"],
    ["cors-refused", "cors"],
  ] as const)("%s", (outcome, id) => {
    const { lights, of, states } = look({ report: { ...ANSWERED, outcome, answers: [] } });
    expect(of(id)?.state).toBe("failed");
    expect(of(id)?.fix).toBeTruthy();
    const at = lights.findIndex((light) => light.id === id);
    expect(states.slice(0, at).every((state) => state === "passed")).toBe(true);
    expect(states.slice(at + 1).every((state) => state === "waiting")).toBe(true);
    expect(isConnectable(lights)).toBe(false);
  });

  test("CORS: the line has the origin of this console", () => {
    const { of } = look({ report: { ...ANSWERED, outcome: "cors-refused", answers: [] } });
    expect(of("cors")?.lines?.code).toBe(`export CORS_ORIGIN_LIST='["http://localhost:7778"]'`);
  });
});

describe("what is no AgentOS", () => {
  test.each([
    ["another program", [{ route: "GET /health", status: 200 }]],
    ["a wrong path", [{ route: "GET /health", status: 404, body: { detail: "Not Found" } }]],
    [
      "a health route alone",
      [
        { route: "GET /health", status: 200, body: { status: "ok" } },
        { route: "GET /info", status: 404 },
        { route: "GET /config", status: 404 },
      ],
    ],
  ] as const)("%s is told", (_, answers) => {
    const { of } = look({ report: { ...ANSWERED, answers } });
    expect(of("agentos")?.state).toBe("failed");
    expect(of("version")?.state).toBe("waiting");
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

test("the version is asked for where none is reported, and an old one is no fault", () => {
  const asked = look({ instance: makeInstance({ version: null, version_source: "unknown" }) });
  expect(asked.of("version")?.state).toBe("asks");
  expect(isAllGreen(asked.lights)).toBe(false);
  expect(isConnectable(asked.lights)).toBe(true);
  const old = look({ instance: makeInstance({ version: "2.3.12", version_source: "stated" }) });
  expect(old.of("version")?.state).toBe("warn");
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
      fix: "Mend it.",
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

test("what asks for nothing is told, and red where it is meant to be guarded", () => {
  const observed = makeObservation({ mode: "none", authorization: "off", security_key: "off" });
  const open = { authorization: false, security_key: false };
  expect(look({ instance: makeInstance({ observed, desired: open }) }).of("mode")?.state).toBe("warn");
  expect(look({ instance: makeInstance({ observed }) }).of("mode")?.state).toBe("failed");
});
