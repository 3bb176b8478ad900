/** A made-up team beside an agent of the same steps: what differs is the names. No team is served yet. */
import { type RunEvent, teamRunEventSchema, teamRunOutputSchema } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import type { RunStep } from "./steps.ts";
import {
  ALICE,
  createPlainAgent,
  createPlainTeam,
  createTestServer,
  createToolExecution,
  finish,
  form,
} from "./test-run.fixture.ts";

describe("a team's run", () => {
  const tool = createToolExecution({ tool_name: "ask_member", tool_call_error: false, result: "42" });
  const usage = {
    inputTokens: 1,
    outputTokens: 2,
    totalTokens: 3,
    reasoningTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
  };
  const steps: readonly RunStep[] = [
    { type: "model-request-started" },
    { type: "content", text: "so " },
    { type: "model-request-completed", usage },
    { type: "tool-started", tool },
    { type: "tool-completed", tool: { ...tool, tool_call_error: true } },
    { type: "content", text: "it is" },
  ];
  const runAll = async function* () {
    yield* steps;
  };
  const input = form("hi", { sessionId: "s1" });

  it("has the agent's events under the team's names, from TeamRunStarted to TeamRunCompleted", async () => {
    const ofAgent = await finish(await createTestServer().start(createPlainAgent(runAll), input));
    const ofTeam = await finish(await createTestServer().start(createPlainTeam(runAll), input));
    const wanted = ofAgent.events.map((event) => {
      const {
        created_at,
        event: name,
        agent_id,
        agent_name,
        workflow_agent: _,
        ...rest
      } = event as RunEvent & {
        readonly workflow_agent?: boolean;
      };
      return { created_at, event: `Team${name}`, team_id: agent_id, team_name: agent_name, ...rest };
    });
    expect(ofTeam.events.map((event) => JSON.stringify(event))).toEqual(
      wanted.map((event) => JSON.stringify(event)),
    );
    for (const event of ofTeam.events) expect(teamRunEventSchema.safeParse(event).error).toBeUndefined();
    expect(ofTeam.events.map(({ event }) => event)).toEqual([
      "TeamRunStarted",
      "TeamModelRequestStarted",
      "TeamRunContent",
      "TeamModelRequestCompleted",
      "TeamToolCallStarted",
      "TeamToolCallCompleted",
      "TeamToolCallError",
      "TeamRunContent",
      "TeamRunContentCompleted",
      "TeamRunCompleted",
    ]);
    expect(ofTeam.output).toMatchObject({ team_id: "plain", team_name: "Plain", content: "so it is" });
    expect(ofTeam.output).not.toHaveProperty("agent_id");
  });

  it("is stored under its kind, apart from an agent of the same id, without content deltas", async () => {
    const server = createTestServer();
    const agentRun = await finish(await server.start(createPlainAgent(runAll), input));
    const { output } = await finish(await server.start(createPlainTeam(runAll), input));
    expect(teamRunOutputSchema.strict().parse(output)).toEqual(output);
    const runsOf = (kind: "agent" | "team") =>
      server.store.listRuns(
        { kind: "all" },
        { owner: ALICE.owner, component: { kind, id: "plain" }, sessionId: "s1" },
        {},
      );
    const [stored, ...others] = await runsOf("team");
    expect(others).toEqual([]);
    expect(stored?.output.run_id).toBe(output.run_id);
    expect(
      teamRunOutputSchema.strict().safeParse({ ...stored?.output, session_state: {} }).error,
    ).toBeUndefined();
    expect(stored?.events.map(({ event }) => event)).not.toContain("TeamRunContent");
    expect(stored?.events.at(-1)?.event).toBe("TeamRunCompleted");
    expect((await runsOf("agent")).map((run) => run.output.run_id)).toEqual([agentRun.output.run_id]);
  });

  it("fails, pauses and is cancelled in the team's words", async () => {
    const server = createTestServer();
    const waiting = createToolExecution({ tool_name: "refund_order", requires_confirmation: true });
    const paused = createPlainTeam(async function* () {
      yield { type: "paused", tools: [waiting] };
    });
    const broken = createPlainTeam(async function* () {
      yield { type: "content", text: "so far" };
      throw new Error("no");
    });
    const lastOf = async (team: typeof paused) =>
      (await finish(await server.start(team, input))).events.at(-1);
    expect(await lastOf(paused)).toMatchObject({
      event: "TeamRunPaused",
      content: "Team run paused. The following require input:\n- team: refund_order requires confirmation",
    });
    expect(await lastOf(broken)).toMatchObject({ event: "TeamRunError", team_id: "plain" });
    const hanging = createPlainTeam(() => ({
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
    }));
    const run = await server.start(hanging, input);
    run.abort(new Error("gone"));
    expect((await finish(run)).events.map(({ event }) => event)).toEqual([
      "TeamRunStarted",
      "TeamRunCancelled",
      "TeamRunCompleted",
    ]);
  });
});
