import { TOKEN_SHAPED } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { createLogger } from "./log.ts";
import { MAX_LOGGED_VALUES } from "./log-limits.ts";
import { REDACTED_TOKEN } from "./redact-tokens.ts";

function logOf(facts: Readonly<Record<string, unknown>>, text = "tool failed") {
  const lines: string[] = [];
  createLogger("info", { write: (line) => lines.push(line) }).error(facts, text);
  expect(lines).toHaveLength(1);
  const [line = ""] = lines;
  return { line, facts: JSON.parse(line) as Record<string, unknown> };
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function cyclic(): object {
  const value: Record<string, unknown> = { secret: TOKEN_SHAPED };
  value["self"] = [value];
  return value;
}

function deep(): unknown {
  let value: unknown = TOKEN_SHAPED;
  for (let level = 0; level < 100_000; level += 1) value = { value };
  return value;
}

/** Small, but a tree of 2^50 values when written out. */
function shared(): unknown {
  let value: unknown = TOKEN_SHAPED;
  for (let level = 0; level < 50; level += 1) value = [value, value];
  return value;
}

const hostile = {
  get name(): string {
    throw new Error(TOKEN_SHAPED);
  },
};

class HostileError extends Error {
  override get message(): string {
    throw new Error("no message");
  }
}

describe("createLogger", () => {
  it.each<[string, unknown]>([
    ["refers to itself", cyclic()],
    ["is very deep", deep()],
    ["is small but endless when written out", shared()],
    ["is very wide", Array.from({ length: 100_000 }, () => TOKEN_SHAPED)],
    ["has no end", Object.assign([], { length: 4_000_000_000 })],
    ["has a getter that throws", hostile],
    ["cannot be looked at", revoked()],
    ["is an error that cannot be looked at", new HostileError("x")],
    ["is an error whose cause cannot be looked at", new Error("x", { cause: revoked() })],
    ["is an error whose message refers to itself", Object.assign(new Error("x"), { message: cyclic() })],
    ["is megabytes of bytes", { data: new Uint8Array(5_000_000) }],
    [
      "has a toJSON that throws",
      {
        toJSON: () => {
          throw new Error("no");
        },
      },
    ],
    ["has a toJSON that gives a token away", { toJSON: () => TOKEN_SHAPED }],
    ["is no JSON", { big: 1n, symbol: Symbol("s"), call: () => TOKEN_SHAPED, nothing: undefined }],
  ])("writes one line of a sensible size about a thrown value that %s", (_, cause) => {
    const { line, facts } = logOf({ run_id: "r1", cause });
    expect(facts).toMatchObject({ run_id: "r1", msg: "tool failed" });
    expect(line.length).toBeLessThan(MAX_LOGGED_VALUES * 30);
    for (const part of TOKEN_SHAPED.split(".")) expect(line).not.toContain(part);
  });

  it("keeps what can be read beside what cannot", () => {
    const cause = { code: 7, list: [hostile, revoked(), "text"] };
    expect(logOf({ cause }).facts["cause"]).toEqual({
      code: 7,
      list: [{ name: "[unreadable]" }, "[unreadable]", "text"],
    });
  });

  it("writes an error with its type, message, stack and cause, without tokens", () => {
    const error = new TypeError(`bad ${TOKEN_SHAPED}`, { cause: new Error(`worse ${TOKEN_SHAPED}`) });
    expect(logOf({ cause: error, error }).facts).toMatchObject({
      cause: {
        type: "TypeError",
        message: `bad ${REDACTED_TOKEN}`,
        stack: expect.stringContaining("log.test.ts") as unknown,
        cause: `worse ${REDACTED_TOKEN}`,
      },
      error: { type: "TypeError", message: `bad ${REDACTED_TOKEN}` },
    });
  });

  it("redacts the text of the line too", () => {
    expect(logOf({}, `saw ${TOKEN_SHAPED}`).facts["msg"]).toBe(`saw ${REDACTED_TOKEN}`);
  });
});

describe("a line of the log", () => {
  // What ends a line, turns it, or drives a terminal; written by escapes, since no editor shows them.
  const driving = "a\u009b31m\u0085\u2028\u2029\u202e\u2066\u061c\u007f\u001b[2J\r\nb\ud800";

  it("has nothing in it that ends it, turns it or drives a terminal, and says the same", () => {
    const { line, facts } = logOf({ path: driving, [driving]: 1, error: new Error(driving) }, driving);
    expect(line.endsWith("\n")).toBe(true);
    expect(line.slice(0, -1)).toMatch(/^[\x20-\x7e]*$/);
    expect(facts["path"]).toBe(driving);
    expect(facts[driving]).toBe(1);
    expect(facts["msg"]).toBe(driving);
  });

  it("keeps what people write", () => {
    expect(logOf({ name: "Zoë 日本" }).line).toContain("Zoë 日本");
  });
});
