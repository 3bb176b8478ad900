import { GLOBAL_SCOPES } from "@agentos/contract";
import { nearest } from "@agentos/contract/text";
import { describe, expect, it } from "vitest";
import { createTerminal, showUntrusted } from "../program/terminal.ts";
import { formatMoment, parseDuration } from "./duration.ts";
import { formatJson } from "./format-json.ts";
import { describeUnknownScope, splitScopes } from "./scope-names.ts";

describe("parseDuration", () => {
  it.each([
    ["90", 90],
    ["30s", 30],
    ["15m", 900],
    ["1h", 3600],
    ["7d", 604_800],
    ["1h30m", 5400],
  ])("reads %s", (text, seconds) => expect(parseDuration(text)).toBe(seconds));

  it.each(["", "0", "0s", "-1h", "1w", "h", "1 h", "1.5h", "1e3"])("refuses %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe("moments", () => {
  it("are told by their distance", () => {
    expect(formatMoment(1_800_003_600, 1_800_000_000)).toBe("2027-01-15T09:00:00Z (in 60 minutes)");
    expect(formatMoment(1_800_000_000, 1_800_000_001)).toBe("2027-01-15T08:00:00Z (1 second ago)");
    expect(formatMoment(1e20, 0)).toBe("(no date)");
    expect(formatMoment(3 * 86_400, 0)).toBe("1970-01-04T00:00:00Z (in 3 days)");
  });
});

describe("nearest", () => {
  it("finds slips of the hand, and nothing for another word", () => {
    expect(nearest("agents:rnu", GLOBAL_SCOPES)).toBe("agents:run");
    expect(nearest("verifyAudince", ["audience", "verifyAudience"])).toBe("verifyAudience");
    expect(nearest("banana", ["audience", "verifyAudience"])).toBeUndefined();
  });
});

describe("describeUnknownScope", () => {
  it.each([...GLOBAL_SCOPES, "agent_os:admin", "agents:web:run", "agents:*:read", "system:read"])(
    "knows %s",
    (scope) => {
      expect(describeUnknownScope(scope, "agentos")).toBeUndefined();
    },
  );

  it.each([
    ["agents:rnu", '"agents:run"'],
    ["agents:web:rnu", '"agents:web:run"'],
    ["sesions:read", '"sessions:read"'],
    ["agents:*", "no wildcard"],
    ["sessions:s1:read", '"sessions:read"'],
    ["reports:publish", "customScope"],
    ["reports:q1:read", "customScope"],
    ["report:read", "customScope"],
    ["Agents:Run", '"agents:run"'],
    ["agents.run", '"agents:run"'],
  ])("says what may have been meant by %s", (scope, hint) =>
    expect(describeUnknownScope(scope, "agentos")).toContain(hint),
  );

  it("splits at spaces and commas", () => {
    expect(splitScopes(" a:b, c:d  e:f ")).toEqual(["a:b", "c:d", "e:f"]);
  });
});

describe("terminal", () => {
  const paintWith = (isTTY: boolean, env: Record<string, string>) => {
    const stream = { isTTY, write: () => true };
    return createTerminal({ stdout: stream, stderr: stream }, env).paint("red", "x");
  };

  it("uses colours only where a person reads", () => {
    expect(paintWith(true, {})).toBe("\u001B[31mx\u001B[39m");
    expect(paintWith(false, {})).toBe("x");
    expect(paintWith(true, { NO_COLOR: "1" })).toBe("x");
    expect(paintWith(true, { TERM: "dumb" })).toBe("x");
  });

  it("lets no text from outside move the cursor or reorder letters", () => {
    expect(showUntrusted("a\u001B[2Jb\u0007\u202Ec")).toBe("ab\\u0007\\u202ec");
  });

  const hidden = [
    ["\u0000", "\u0085", "\u009B", "\u00AD", "\u034F", "\u061C", "\u115F", "\u1160", "\u180E", "\u200B"],
    ["\u200D", "\u2028", "\u2029", "\u202A", "\u2060", "\u2069", "\u206F", "\u3164", "\uE000", "\uFEFF"],
    ["\uFFA0", "\uFFF9", "\uFFFB", "\uD800", "\uDC00", "\u{E0001}", "\u{E0041}", "\u{E007F}", "\u{F0000}"],
    ["\u{1D173}"],
  ].flat();
  it.each(hidden.map((character) => [JSON.stringify(character), character]))(
    "lets no character hide: %s",
    (_, character) => {
      const escaped = [...Array(character.length).keys()]
        .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`)
        .join("");
      expect(showUntrusted(`a${character}b`)).toBe(`a${escaped}b`);
      const json = formatJson({ [`k${character}`]: `a${character}b` });
      expect(json).toBe(`{\n  "k${escaped}": "a${escaped}b"\n}`);
      expect(JSON.parse(json)).toEqual({ [`k${character}`]: `a${character}b` });
    },
  );

  it("shows everything that can be seen as it is", () => {
    const text = "Zürich, 東京, Ελλάδα, שלום, 한국어, 🙂, e\u0301, \u00A0";
    expect(showUntrusted(text)).toBe(text);
    expect(formatJson(text)).toBe(JSON.stringify(text));
  });

  it("bounds what is nested in JSON", () => {
    const deep: unknown = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);
    expect(formatJson(deep)).toContain('"[too deep]"');
    expect(formatJson(deep).length).toBeLessThan(10_000);
    const flat = { a: [1, null, true, { b: "c" }], __proto__: 1, d: undefined };
    expect(formatJson(flat)).toBe(JSON.stringify(flat, null, 2));
    expect(formatJson(flat, { isOneLine: true })).toBe(JSON.stringify(flat));
    const own: unknown = JSON.parse('{"__proto__":{"a":1},"toJSON":2}');
    expect(formatJson(own, { isOneLine: true })).toBe('{"__proto__":{"a":1},"toJSON":2}');
  });

  it("writes nothing but text, line ends and its own colours, whatever a command forgets", () => {
    let written = "";
    const stream = {
      isTTY: true,
      write: (text: string) => {
        written += text;
        return true;
      },
    };
    const terminal = createTerminal({ stdout: stream, stderr: stream }, {});
    terminal.print(`a\n${terminal.paint("red", "b\u001B[2J\u009B\u202E")}\r`);
    terminal.note(`${terminal.paintNote("bold", "c")}\u0007`);
    expect(written).toBe(
      "a\n\u001B[31mb\\u001b[2J\\u009b\\u202e\u001B[39m\\u000d\n\u001B[1mc\u001B[22m\\u0007\n",
    );
  });
});
