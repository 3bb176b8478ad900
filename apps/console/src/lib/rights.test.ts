import { expect, test } from "vitest";
import { mayAct } from "./rights.ts";

test.each([
  [["agents:run"], true],
  [["agents:*"], true],
  [["agents:*:run"], true],
  [["agents:echo:run"], true],
  [["agent_os:admin"], true],
  [["agents:read"], false],
  [["agents:other:run"], false],
  [["teams:run"], false],
  [[], false],
])("with %j it may be run: %s", (scopes, may) => {
  expect(mayAct(scopes, { resource: "agents", id: "echo", act: "run" })).toBe(may);
});
