/** What the terminal of `agentos dev` says of a run that failed: the caller is told only that the log has its cause. */
import { TOKEN_SHAPED } from "@agentos/testkit";
import { expect, it } from "vitest";
import type { Terminal } from "../program/terminal.ts";
import { createDevLogger } from "./dev-logger.ts";

function logOf(facts: Readonly<Record<string, unknown>>): readonly string[] {
  const lines: string[] = [];
  const terminal = { note: (line: string) => lines.push(line), paintNote: (_: string, text: string) => text };
  createDevLogger(terminal as unknown as Terminal, { isQuiet: true }).error(facts, "run failed");
  return lines;
}

it("shows why a model failed, whose it is, and what to do", () => {
  const cause = new Error("Incorrect API key provided", { cause: new Error("answered 401") });
  const facts = {
    error_id: "err-1",
    provider: "openai.responses",
    model: "gpt-5-mini",
    fix: "give it a key",
  };
  expect(logOf({ ...facts, cause })).toEqual([
    "error run failed",
    "  error id: err-1; provider: openai.responses; model: gpt-5-mini",
    "  Error: Incorrect API key provided",
    "  Error: answered 401",
    "  fix: give it a key",
  ]);
});

it("shows no token and no control character of a cause, whatever it is", () => {
  expect(logOf({ cause: `bad ${TOKEN_SHAPED}` }).join("\n")).not.toMatch(/eyJ/);
  expect(logOf({ cause: "bad \u001B[2J" }).join("\n")).not.toContain("\u001B");
  expect(logOf({ cause: undefined })).toEqual(["error run failed"]);
});
