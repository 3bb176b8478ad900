import { expect, it } from "vitest";
import { describeScopeChoice } from "./scope-choice.ts";

it.each([
  ["agents:a1:run", ["agents:run"], 'the scope "agents:run", or just "agents:a1:run" for this item'],
  ["agents:read", ["agents:read"], 'the scope "agents:read"'],
  ["agents:a1:run", ["agents:run", "vault:read"], 'the scope "agents:a1:run"'],
  ["agents:read", ["agents:read", "vault:read"], 'the scope "agents:read"'],
  ["agents:read", [], 'the scope "agents:read"'],
])("of %s, with %j missing, it names: %s", (scopeToAdd, missing, text) => {
  expect(describeScopeChoice(scopeToAdd, missing)).toBe(text);
});
