import { expect, test } from "vitest";
import { listOptions, readChoice } from "./whose-sessions.ts";

const one = (id: string) => ({
  id,
  name: id.toUpperCase(),
  description: undefined,
  model: undefined,
  isScripted: false,
  toolCount: 0,
});

test("teams and workflows can be chosen where there are some, and each choice is an address", () => {
  const options = listOptions({ agents: [one("a b")], teams: [one("t")], workflows: [] });
  expect(options.map(({ label }) => label)).toEqual(["All agents", "A B", "All teams", "T"]);
  expect(options.map(({ value }) => readChoice(value))).toEqual([
    {},
    { agent: "a b" },
    { team: "" },
    { team: "t" },
  ]);
});
