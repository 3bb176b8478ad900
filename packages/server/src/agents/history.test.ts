import { describe, expect, it } from "vitest";
import {
  ALICE,
  BOB,
  createTestServer,
  finish,
  followEvents,
  form,
  NOBODY,
  outputOf,
} from "../runs/test-run.fixture.ts";
import { Agent } from "./agent.ts";
import type { AgentOptions } from "./agent-options.ts";
import { offlineScript } from "./offline-script.ts";
import { TEST_TOOLS } from "./test-tools.fixture.ts";

/** An agent that keeps what its model was shown. */
function watchedAgent(options: Partial<Omit<AgentOptions, "model" | "tools">> = {}) {
  const prompts: string[] = [];
  const script = offlineScript({
    steps: [{ toolCalls: [{ name: "get_time", args: {} }] }, { text: "fine" }],
  });
  const model: typeof script = {
    ...script,
    doStream(call) {
      prompts.push(JSON.stringify(call.prompt));
      return script.doStream(call);
    },
  };
  const { id = "helper", ...rest } = options;
  return { prompts, agent: new Agent({ id, model, tools: TEST_TOOLS, ...rest }) };
}

describe("history", () => {
  it("is given to the model when asked for, tool calls included", async () => {
    const server = createTestServer();
    const { agent, prompts } = watchedAgent({ addHistoryToContext: true });
    await finish(await server.start(agent, form("first question", { sessionId: "s" })));
    const { output } = await finish(await server.start(agent, form("second question", { sessionId: "s" })));
    expect(output.status).toBe("COMPLETED");
    const seen = prompts[2] ?? "";
    for (const part of ["first question", "get_time", "fine", "second question"])
      expect(seen).toContain(part);
    expect(output.messages.map((message) => message.role)).toEqual([
      "user",
      "assistant",
      "tool",
      "assistant",
    ]);
  });

  it("is off by default", async () => {
    const server = createTestServer();
    const { agent, prompts } = watchedAgent();
    await finish(await server.start(agent, form("first question", { sessionId: "s" })));
    await finish(await server.start(agent, form("second", { sessionId: "s" })));
    expect(prompts[2]).not.toContain("first question");
  });

  it("has only the newest runs, and only completed ones", async () => {
    const server = createTestServer();
    const { agent, prompts } = watchedAgent({ addHistoryToContext: true, numHistoryRuns: 1 });
    for (const message of ["oldest", "newest"])
      await finish(await server.start(agent, form(message, { sessionId: "s" })));
    const cancelled = await server.start(agent, form("cancelled", { sessionId: "s" }));
    cancelled.abort(new Error("gone"));
    await finish(cancelled);
    await finish(await server.start(agent, form("now", { sessionId: "s" })));
    expect(prompts.at(-1)).toContain("newest");
    expect(prompts.at(-1)).not.toMatch(/oldest|cancelled/);
  });

  it.each([
    ["bytes", { maxHistoryBytes: 400 }],
    ["tokens", { maxHistoryTokens: 100 }],
  ])("has only runs that fit into the limit of %s, whole", async (_, limit) => {
    const server = createTestServer();
    const { agent, prompts } = watchedAgent({ addHistoryToContext: true, ...limit });
    for (const message of ["oldest", "middle", "newest"])
      await finish(await server.start(agent, form(`${message} ${"x".repeat(150)}`, { sessionId: "s" })));
    await finish(await server.start(agent, form("now", { sessionId: "s" })));
    expect(prompts.at(-1)).toMatch(/middle.*get_time.*noon.*fine.*newest.*get_time.*noon.*fine.*now/);
    expect(prompts.at(-1)).not.toContain("oldest");
  });

  it.each([
    ["another user", BOB],
    ["a caller without a name", NOBODY],
  ])(
    "of a session is never shown to %s who gives the same session id, isolation on or off",
    async (_, identity) => {
      const server = createTestServer();
      const { agent, prompts } = watchedAgent({ addHistoryToContext: true });
      const input = form("a secret of alice", { sessionId: "s", sessionState: { pin: "1234" } });
      await finish(await server.start(agent, input, { identity: ALICE }));
      const { output } = await finish(
        await server.start(agent, form("tell me", { sessionId: "s" }), { identity }),
      );
      expect(prompts.at(-1)).not.toContain("secret");
      expect(output.session_state).toEqual({});
      // Nor did that run disturb the first one.
      const { output: again } = await finish(
        await server.start(agent, form("and now", { sessionId: "s" }), { identity: ALICE }),
      );
      expect(again.session_state).toEqual({ pin: "1234" });
      expect(prompts.at(-1)).toContain("a secret of alice");
      expect(prompts.at(-1)).not.toContain("tell me");
    },
  );

  it("of one agent is not shown to another agent", async () => {
    const server = createTestServer();
    const first = watchedAgent({ addHistoryToContext: true });
    const second = watchedAgent({ addHistoryToContext: true, id: "other" });
    await finish(await server.start(first.agent, form("for the first", { sessionId: "s" })));
    await finish(await server.start(second.agent, form("hello", { sessionId: "s" })));
    expect(second.prompts[0]).not.toContain("for the first");
  });
});

describe("concurrent runs", () => {
  it("do not mix their texts, steps or states", async () => {
    const server = createTestServer();
    const agent = new Agent({ id: "helper", model: "offline:echo" });
    const runs = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        server.start(
          agent,
          form(`message ${index} of user ${index}`, { sessionId: `s${index}`, sessionState: { index } }),
        ),
      ),
    );
    // Read in turns, so that the runs interleave event by event.
    const texts = runs.map(() => "");
    const followers = runs.map(followEvents);
    for (let left = runs.length; left > 0; ) {
      left = runs.length;
      for (const [index, follower] of followers.entries()) {
        const next = await follower.next();
        if (next.done === true) left -= 1;
        else if (next.value.event === "RunContent") texts[index] += next.value.content;
      }
    }
    for (const [index, run] of runs.entries()) {
      expect(texts[index]).toBe(`message ${index} of user ${index}`);
      const { content, session_state } = await outputOf(run);
      expect([content, session_state]).toEqual([texts[index], { index }]);
    }
  });
});
