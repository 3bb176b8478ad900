import { inspect } from "node:util";
import { createFault, renderFault } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import { ConfigurationError, throwErrors } from "./configuration-error.ts";
import { createOptionFault } from "./option-faults.ts";

const empty = createOptionFault({
  option: "id",
  problem: "is empty",
  suggestion: 'write "id": "a"',
});
const missing = createFault({ code: "CONFIG_KEYS_MISSING" });
const warning = createFault({ code: "CONFIG_HEALTH_NOT_PUBLIC" });

describe("a ConfigurationError", () => {
  it("says every fault at once, each with its fix and code", () => {
    const { message, faults, name } = new ConfigurationError({
      faults: [empty, missing],
      cli: "npx agentos",
    });
    expect(name).toBe("ConfigurationError");
    expect(message.split("\n")).toEqual([
      "the configuration cannot be used:",
      '  "id": is empty',
      '    fix: write "id": "a" [CONFIG_OPTION_INVALID]',
      "  authorization is on, but there is no key to verify tokens with",
      expect.stringMatching(/make a pair with `npx agentos keys generate` .*\[CONFIG_KEYS_MISSING\]$/),
    ]);
    expect(faults).toEqual([renderFault(empty, "npx agentos"), renderFault(missing, "npx agentos")]);
  });

  it("leaves the words of a fault that has them already", () => {
    const rendered = { ...renderFault(missing, "other"), fix: "ask the operator" };
    expect(new ConfigurationError({ faults: [rendered] }).faults).toEqual([rendered]);
  });

  it("is short where nobody catches it: each fault once, and no line of our own code", () => {
    const shown = inspect(new ConfigurationError({ faults: [empty, missing] }));
    expect(shown.match(/CONFIG_KEYS_MISSING/g)).toHaveLength(1);
    expect(shown).toContain("`npx --no agentos keys generate`");
    expect(shown).not.toMatch(/\bat .*\.ts:/);
  });

  it("keeps its cause", () => {
    const cause = new Error("below");
    expect(new ConfigurationError({ faults: [empty], cause }).cause).toBe(cause);
  });
});

describe("throwErrors", () => {
  it("says beside a missing key which variables nothing reads, and beside nothing else", () => {
    const unread = createFault({
      code: "CONFIG_VARIABLE_UNREAD",
      facts: { variable: "JWT_SECRET_KEY", meant: "JWT_VERIFICATION_KEY" },
    });
    const faultsOf = (faults: Parameters<typeof throwErrors>[0]) => {
      try {
        throwErrors(faults, "agentos");
      } catch (error) {
        return error instanceof ConfigurationError ? error.faults.map(({ code }) => code) : error;
      }
      return [];
    };
    expect(faultsOf([unread, missing, warning])).toEqual(["CONFIG_KEYS_MISSING", "CONFIG_VARIABLE_UNREAD"]);
    expect(faultsOf([unread, empty])).toEqual(["CONFIG_OPTION_INVALID"]);
    expect(faultsOf([unread])).toEqual([]);
  });

  it("throws for errors alone, and without the warnings beside them", () => {
    expect(() => throwErrors([warning], "agentos")).not.toThrow();
    expect(() => throwErrors([warning, empty], "agentos")).toThrow(
      expect.objectContaining({ faults: [renderFault(empty, "agentos")] }),
    );
  });
});
