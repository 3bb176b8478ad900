import { expect, it } from "vitest";
import { describeScopeChoice, describeScopeChoiceFor } from "./scope-choice.ts";

it.each([
  ["agents:a1:run", ["agents:run"], 'the scope "agents:run", or just "agents:a1:run" for this item'],
  ["agents:read", ["agents:read"], 'the scope "agents:read"'],
  ["agents:a1:run", ["agents:run", "vault:read"], 'the scope "agents:a1:run"'],
  ["agents:read", ["agents:read", "vault:read"], 'the scope "agents:read"'],
  ["agents:read", [], 'the scope "agents:read"'],
])("of %s, with %j missing, it names: %s", (scopeToAdd, missing, text) => {
  expect(describeScopeChoice(scopeToAdd, missing)).toBe(text);
});

it.each([
  [["agent:a1:run"], "agents:a1:run", ["agents:run"], 'the scope "agents:a1:run" instead of "agent:a1:run"'],
  [["agent:run"], "agents:a1:run", ["agents:run"], 'the scope "agents:run" instead of "agent:run"'],
  [["vault:raed"], "agents:run", ["agents:run", "vault:read"], 'the scope "agents:run"'],
  [["agent:run"], "agents:a1:run", ["agents:run", "vault:read"], 'the scope "agents:a1:run"'],
  [
    ["teams:run"],
    "agents:a1:run",
    ["agents:run"],
    'the scope "agents:run", or just "agents:a1:run" for this item',
  ],
  [[], "agents:run", [], 'the scope "agents:run"'],
])("who holds %j, needs %s and lacks %j, reads: %s", (held, scopeToAdd, missing, text) => {
  const told = describeScopeChoiceFor(held, scopeToAdd, missing);
  expect(told.replace(/ \(.*/, "")).toBe(text);
});
