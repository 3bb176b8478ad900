/** What every run store must do. Called by the test of each driver. */
import type { DataScope } from "@agentos/auth";
import type { RunOutput } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import type { Owner, RunStore, SessionKey, StoredRun } from "./store.ts";

const all: DataScope = { kind: "all" };
const none: DataScope = { kind: "none" };
const user = (userId: string): DataScope => ({ kind: "user", userId });
const component = { kind: "agent", id: "a1" } as const;

export function keyOf(owner: Owner, rest: Partial<SessionKey> = {}): SessionKey {
  return { owner, component, sessionId: "s1", ...rest };
}

export function storedRun(key: SessionKey, runId: string, rest: Partial<RunOutput> = {}): StoredRun {
  const { id } = key.component;
  const names =
    key.component.kind === "team"
      ? { team_id: id, team_name: "T", member_responses: [] }
      : { agent_id: id, agent_name: "A" };
  return {
    key,
    output: {
      run_id: runId,
      ...names,
      session_id: key.sessionId,
      input: { input_content: "hi" },
      content: "hello",
      content_type: "str",
      model: "m",
      model_provider: "p",
      messages: [],
      metrics: {},
      session_state: {},
      created_at: 1,
      status: "COMPLETED",
      ...rest,
    },
  };
}

export function runStoreSuite(name: string, create: () => RunStore): void {
  const ids = (runs: readonly StoredRun[]) => runs.map((run) => run.output.run_id);
  const query = { component, sessionId: "s1" };

  describe(`${name}, as a run store`, () => {
    it("gives back what was saved, and not the same object", async () => {
      const store = create();
      const run = storedRun(keyOf("alice"), "r1", { session_state: { list: [1] } });
      await store.saveRun(user("alice"), run);
      const found = await store.findRun(user("alice"), { ...query, runId: "r1" });
      expect(found).toEqual(run);
      expect(found).not.toBe(run);
      expect(await store.findSession(user("alice"), keyOf("alice"))).toMatchObject({
        state: { list: [1] },
        createdAt: 1,
      });
    });

    it("keeps owners apart who use the same session id", async () => {
      const store = create();
      for (const owner of ["alice", "bob", null]) {
        await store.saveRun(all, storedRun(keyOf(owner), `run of ${owner}`, { session_state: { owner } }));
      }
      expect(ids(await store.listRuns(user("alice"), query))).toEqual(["run of alice"]);
      expect(ids(await store.listRuns(all, { ...query, owner: null }))).toEqual(["run of null"]);
      expect(ids(await store.listRuns(all, query)).toSorted()).toEqual([
        "run of alice",
        "run of bob",
        "run of null",
      ]);
      expect((await store.findSession(all, keyOf("bob")))?.state).toEqual({ owner: "bob" });
    });

    it.each([
      ["another user", user("bob")],
      ["nobody", none],
      ["a user with an empty name", user("")],
    ])("shows and takes nothing of alice's in the scope of %s", async (_, scope) => {
      const store = create();
      await store.saveRun(all, storedRun(keyOf("alice"), "r1"));
      await store.saveRun(all, storedRun(keyOf(null), "r2"));
      expect(await store.findRun(scope, { ...query, runId: "r1" })).toBeUndefined();
      expect(await store.listRuns(scope, query)).toEqual([]);
      expect(await store.listRuns(scope, { ...query, owner: "alice" })).toEqual([]);
      expect(await store.listRuns(scope, { ...query, owner: null })).toEqual([]);
      expect(await store.findSession(scope, keyOf("alice"))).toBeUndefined();
      expect(await store.findSession(scope, keyOf(null))).toBeUndefined();
      await expect(
        store.saveRun(scope, storedRun(keyOf("alice"), "r1", { content: "forged" })),
      ).rejects.toThrow();
      expect((await store.findRun(all, { ...query, runId: "r1" }))?.output.content).toBe("hello");
    });

    it("reaches a session only through its component", async () => {
      const store = create();
      await store.saveRun(all, storedRun(keyOf("alice"), "r1"));
      const other = { kind: "agent", id: "a2" } as const;
      expect(await store.findRun(all, { component: other, sessionId: "s1", runId: "r1" })).toBeUndefined();
      expect(await store.findSession(all, keyOf("alice", { component: other }))).toBeUndefined();
    });

    it("keeps a team apart from an agent of the same id", async () => {
      const store = create();
      const team = { ...component, kind: "team" } as const;
      await store.saveRun(all, storedRun(keyOf("alice"), "r1"));
      await store.saveRun(all, storedRun(keyOf("alice", { component: team }), "r2"));
      expect(ids(await store.listRuns(all, query))).toEqual(["r1"]);
      expect(ids(await store.listRuns(all, { ...query, component: team }))).toEqual(["r2"]);
      expect(await store.findRun(all, { ...query, component: team, runId: "r1" })).toBeUndefined();
    });

    it("does not confuse keys whose parts run together", async () => {
      const store = create();
      await store.saveRun(all, storedRun(keyOf('a","agent'), "r1"));
      await store.saveRun(all, storedRun(keyOf("null"), "r2"));
      expect(await store.findSession(all, keyOf("a"))).toBeUndefined();
      expect(await store.findSession(all, keyOf(null))).toBeUndefined();
    });

    it("lists oldest first, by status, newest within the limit", async () => {
      const store = create();
      for (const runId of ["r1", "r2", "r3"]) await store.saveRun(all, storedRun(keyOf("alice"), runId));
      await store.saveRun(all, storedRun(keyOf("alice"), "r4", { status: "ERROR" }));
      expect(ids(await store.listRuns(all, { ...query, status: "COMPLETED", limit: 2 }))).toEqual([
        "r2",
        "r3",
      ]);
      expect(ids(await store.listRuns(all, query))).toEqual(["r1", "r2", "r3", "r4"]);
    });

    it("replaces a run that is saved again", async () => {
      const store = create();
      await store.saveRun(all, storedRun(keyOf("alice"), "r1", { status: "PAUSED" }));
      await store.saveRun(all, storedRun(keyOf("alice"), "r1", { status: "COMPLETED", created_at: 9 }));
      expect(ids(await store.listRuns(all, query))).toEqual(["r1"]);
      expect(await store.findSession(all, keyOf("alice"))).toMatchObject({ createdAt: 1, updatedAt: 9 });
    });
  });
}
