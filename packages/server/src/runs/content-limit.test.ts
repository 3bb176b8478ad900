import { describe, expect, it } from "vitest";
import { MAX_CONTENT_LENGTH } from "./run-limits.ts";
import type { RunStep } from "./steps.ts";
import { createPlainAgent, createTestServer, finish, form } from "./test-run.fixture.ts";

describe("an answer that is too long", () => {
  const rest = "x".repeat(10 * MAX_CONTENT_LENGTH);
  it.each<[string, RunStep]>([
    ["answer", { type: "content", text: rest }],
    ["thought", { type: "content", text: "", reasoning: rest }],
  ])("ends the run, and the piece of the %s that does not fit is not stored", async (_, step) => {
    const server = createTestServer();
    const agent = createPlainAgent(async function* () {
      yield { type: "content", text: "so far " };
      yield step;
    });
    const { output } = await finish(await server.start(agent, form("hi")));
    expect(output).toMatchObject({ status: "ERROR", content: "The answer is too long" });
    expect(output.messages.map(({ content }) => content)).toEqual(["hi", "so far "]);
    expect(JSON.stringify(output).length).toBeLessThan(10_000);
  });
});
