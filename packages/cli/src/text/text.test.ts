import { nearest } from "@agentos/auth";
import { GLOBAL_SCOPES } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import { createTerminal, showUntrusted } from "../terminal.ts";
import { formatDuration, formatMoment, parseDuration } from "./duration.ts";
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
    expect(formatDuration(3 * 86_400)).toBe("3 days");
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
});
