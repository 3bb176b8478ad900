import {
  agentSessionSchema,
  sessionListSchema,
  sessionRunSchema,
  teamSessionRunSchema,
  teamSessionSchema,
  workflowSessionSchema,
} from "@agentos/contract";
import { describe, expect, it } from "vitest";
import { keyOf, outputOf } from "../runs/store.suite.ts";
import type { StoredSession } from "../runs/store.ts";
import { NOBODY_OWNER, ownerNamed } from "../runs/test-run.fixture.ts";
import { writeObject } from "./nulls.ts";
import { showRun } from "./show-run.ts";
import { showDetail, writeListed } from "./show-session.ts";

const alice = ownerNamed("alice");

function sessionOf(kind: "agent" | "team" | "workflow", rest: Partial<StoredSession> = {}): StoredSession {
  return {
    key: keyOf(alice, { component: { kind, id: "x1" } }),
    name: undefined,
    firstInput: undefined,
    state: {},
    metadata: undefined,
    summary: undefined,
    tokens: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
    createdAt: 1_795_000_000,
    updatedAt: 1_795_000_001,
    ...rest,
  };
}

const nobody = () => undefined;
const served = () => ({ name: "X", model: { id: "m", provider: "p" } });
const times = { created_at: "2026-11-18T11:06:40Z", updated_at: "2026-11-18T11:06:41Z" };

describe("a session", () => {
  it.each([
    ["agent", agentSessionSchema, { agent_id: "x1", agent_session_id: "s1", agent_data: null }],
    ["team", teamSessionSchema, { team_id: "x1", team_data: null }],
    ["workflow", workflowSessionSchema, { workflow_id: "x1", workflow_name: null, workflow_data: null }],
  ] as const)("of kind %s has the keys of its kind", (kind, schema, own) => {
    const detail = showDetail(sessionOf(kind), nobody);
    expect(schema.strict().parse(detail)).toMatchObject({
      session_id: "s1",
      user_id: "alice",
      ...own,
      ...times,
    });
    const listed: unknown = JSON.parse(`[${writeListed(sessionOf(kind))}]`);
    const [entry] = sessionListSchema.shape.data.parse(listed);
    expect(entry).toMatchObject({ session_type: kind, [`${kind}_id`]: "x1", ...times });
    expect(JSON.stringify(listed)).not.toContain("null");
  });

  it("shows what is served now under its component's id, and says nothing of what is not", () => {
    expect(showDetail(sessionOf("agent"), served)).toMatchObject({
      agent_data: { name: "X", agent_id: "x1", model: { provider: "p", name: "m", id: "m" } },
    });
    const unbound = sessionOf("agent", { key: keyOf(alice, { component: { kind: "agent", id: "" } }) });
    expect(showDetail(unbound, served)).toMatchObject({ agent_id: null, agent_data: null });
    expect(writeObject(showDetail(unbound, served), "no-null")).not.toContain("agent_data");
  });

  it.each([
    [{ name: "Given", firstInput: "asked" }, "Given"],
    [{ name: "", firstInput: "asked" }, "asked"],
    [{ firstInput: "asked" }, "asked"],
    [{}, ""],
  ])("with %j is called %j", (rest, name) => {
    expect(showDetail(sessionOf("agent", rest), nobody)).toMatchObject({ session_name: name });
  });

  it("counts its tokens once a model was asked, without zeros", () => {
    const tokens = { inputTokens: 3, outputTokens: 0, totalTokens: 3 };
    expect(showDetail(sessionOf("agent", { tokens }), nobody)).toMatchObject({
      metrics: { input_tokens: 3, total_tokens: 3 },
      total_tokens: 3,
    });
    expect(showDetail(sessionOf("agent"), nobody)).toMatchObject({ metrics: null, total_tokens: null });
  });

  it("of nobody has no user", () => {
    const session = sessionOf("agent", { key: keyOf(NOBODY_OWNER) });
    expect(showDetail(session, nobody)).toMatchObject({ user_id: null });
    expect(writeListed(session)).not.toContain("user_id");
  });

  it("keeps null in what an application has put into it", () => {
    const session = sessionOf("agent", { state: { a: null }, metadata: { b: [null] } });
    expect(JSON.parse(writeListed(session))).toMatchObject({
      session_state: { a: null },
      metadata: { b: [null] },
    });
  });
});

describe("a run", () => {
  it("of an agent has the defaults of its kind", () => {
    const run = showRun({ key: keyOf(alice), output: outputOf(keyOf(alice), "r1"), events: [] });
    expect(sessionRunSchema.strict().parse(run)).toMatchObject({
      run_id: "r1",
      parent_run_id: "",
      agent_id: "a1",
      user_id: "",
      run_input: "hi",
      content: "hello",
      reasoning_content: "",
      references: [],
      events: null,
      session_state: null,
      created_at: "1970-01-01T00:00:01Z",
    });
  });

  it("of a team has the team's id, and no user", () => {
    const key = keyOf(alice, { component: { kind: "team", id: "t1" } });
    const run = showRun({ key, output: outputOf(key, "r1"), events: [] }, { a: 1 });
    expect(teamSessionRunSchema.strict().parse(run)).toMatchObject({
      team_id: "t1",
      session_state: { a: 1 },
    });
    expect(run).not.toHaveProperty("agent_id");
  });

  it("says what came with its input", () => {
    const images = [{ id: "i1", mime_type: "image/png", size: 3 }];
    const output = outputOf(keyOf(alice), "r1", { input: { input_content: "look", images } });
    expect(showRun({ key: keyOf(alice), output, events: [] })).toMatchObject({
      run_input: "look",
      input_media: { images, videos: [], audios: [], files: [] },
      images: [],
    });
  });
});
