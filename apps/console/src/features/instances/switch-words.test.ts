import { expect, test } from "vitest";
import { quoteForShell, scopesForInstance, writeCurlLine } from "./curl-line.ts";
import { makeInstance, makeObservation } from "./instance.fixture.ts";
import { areSwitchesSettled, describeSwitch, explainVersionGate } from "./switch-words.ts";

test("a switch agrees, differs, or cannot be seen", () => {
  const instance = makeInstance();
  expect(describeSwitch(instance, "authorization").agreement).toBe("agrees");
  expect(describeSwitch(instance, "security_key").agreement).toBe("unknown");
  const off = makeInstance({ observed: makeObservation({ authorization: "off", mode: "none" }) });
  expect(describeSwitch(off, "authorization").agreement).toBe("differs");
  expect(describeSwitch(makeInstance({ observed: null }), "authorization").note).toBe(
    "Nobody has looked yet",
  );
});

test("what nobody can see is not waited for; what cannot be reached is", () => {
  expect(areSwitchesSettled(makeInstance())).toBe(true);
  expect(areSwitchesSettled(makeInstance({ observed: null }))).toBe(false);
  const gone = makeObservation({ is_reachable: false, authorization: "unknown" });
  expect(areSwitchesSettled(makeInstance({ observed: gone }))).toBe(false);
});

test("the version gate holds before 2.3.13, and never for what is on already", () => {
  const off = { authorization: false, security_key: true };
  const gate = (version: string | null) =>
    explainVersionGate(makeInstance({ desired: off, version }), "2.3.13");
  expect(gate("2.3.12")).toMatch(/^Version 2\.3\.12, as it reports, cannot verify tokens/);
  expect(gate("2.3.13")).toBeUndefined();
  expect(gate(null)).toBeUndefined();
  expect(explainVersionGate(makeInstance({ version: "2.3.12" }), "2.3.13")).toBeUndefined();
});

test("a line for curl cannot be ended by what stands in it", () => {
  expect(writeCurlLine("http://localhost:7777", "a.b")).toBe(
    "curl -sS http://localhost:7777/agents -H 'Authorization: Bearer a.b'",
  );
  expect(quoteForShell("it's; rm -rf $HOME")).toBe("'it'\\''s; rm -rf $HOME'");
});

test("scopes of the organization are none of an instance", () => {
  expect(
    scopesForInstance(["org:read", "os:write", "agents:run", "config:read", "org:members:read"]),
  ).toEqual(["config:read", "agents:run"]);
});
