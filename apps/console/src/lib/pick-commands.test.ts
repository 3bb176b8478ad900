import { describe, expect, it } from "vitest";
import { pickCommands, rememberRecent } from "./pick-commands.ts";

const COMMANDS = [
  { id: "members", label: "Members", group: "Organization" },
  { id: "audit", label: "Audit", group: "Organization" },
  { id: "ada", label: "Ada Lovelace", group: "People", hint: "ada@example.com", isSearchedOnly: true },
  { id: "dark", label: "Dark theme", group: "Actions", words: "night look" },
];
const shown = (search: string, recent: readonly string[] = []) =>
  pickCommands(COMMANDS, search, recent).map(
    ({ value, items }) => `${value}: ${items.map(({ id }) => id).join(" ")}`,
  );

describe("pickCommands", () => {
  it("shows what there is while nothing is typed, the recent ones first and once", () => {
    expect(shown("")).toEqual(["Organization: members audit", "Actions: dark"]);
    expect(shown("", ["ada", "audit", "gone"])).toEqual([
      "Recent: ada audit",
      "Organization: members",
      "Actions: dark",
    ]);
  });

  it("finds by label, hint and other words, the best group first", () => {
    expect(shown("ada@")).toEqual(["People: ada"]);
    expect(shown("night")).toEqual(["Actions: dark"]);
    expect(shown("da")).toEqual(["Actions: dark", "People: ada"]);
    expect(shown("nothing")).toEqual([]);
  });

  it("remembers the newest first, each once", () => {
    expect(rememberRecent(["a", "b"], "b")).toEqual(["b", "a"]);
  });
});
