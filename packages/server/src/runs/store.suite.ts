// LENGTH: one suite; a driver passes all of it, and none can leave a part out.
/** What every run store must do. Called by the test of each driver. */
import type { DataScope, Owner } from "@agentos/auth";
import type { RunStatus } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import { MAX_CLIENT_ID_BYTES } from "./run-limits.ts";
import {
  MAX_FIRST_INPUT_LENGTH,
  MAX_LISTED_BYTES,
  type NewSession,
  type RunEnd,
  RunLeaseLost,
  type RunPieceQuery,
  type RunQuery,
  type RunStore,
  type SessionKey,
  type SessionState,
  type StoredEvent,
  type StoredOutput,
  type StoredRun,
  type TokenSums,
} from "./store.ts";
import { NOBODY_OWNER, ownerNamed } from "./test-run.fixture.ts";

const all: DataScope = { kind: "all" };
const none: DataScope = { kind: "none" };
export const alice = ownerNamed("alice");
export const bob = ownerNamed("bob");
const scopeOf = (owner: Owner): DataScope => ({ kind: "user", owner });
const component = { kind: "agent", id: "a1" } as const;

export function keyOf(owner: Owner, rest: Partial<SessionKey> = {}): SessionKey {
  return { owner, component, sessionId: "s1", ...rest };
}

/** An output as it is kept. */
export function outputOf(key: SessionKey, runId: string, rest: Partial<StoredOutput> = {}): StoredOutput {
  const { id } = key.component;
  const names =
    key.component.kind === "team"
      ? { team_id: id, team_name: "T", member_responses: [] }
      : { agent_id: id, agent_name: "A" };
  return {
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
    created_at: 1,
    status: "COMPLETED",
    ...rest,
  };
}

export interface RunToStore {
  readonly status?: RunEnd["status"];
  readonly createdAt?: number;
  readonly content?: string;
  readonly input?: string;
  readonly tokens?: TokenSums;
  readonly state?: SessionState;
  readonly scope?: DataScope;
}

/** Takes a run from its row to its end. */
export async function storeRun(
  store: RunStore,
  key: SessionKey,
  runId: string,
  run: RunToStore = {},
): Promise<StoredOutput> {
  const { status = "COMPLETED", createdAt = 1, content = "hello", state = {}, scope = all } = run;
  const output = (now: RunStatus) => outputOf(key, runId, { status: now, created_at: createdAt, content });
  const changeState = () => JSON.stringify(state);
  const outputJson = JSON.stringify(output("RUNNING"));
  const input = run.input ?? "hi";
  const lease = await store.createRun(scope, { key, runId, createdAt, outputJson, input, changeState });
  await store.finishRun(lease, {
    status,
    outputJson: JSON.stringify(output(status)),
    eventsJson: JSON.stringify([last(runId)]),
    terminalIndex: 0,
    tokens: run.tokens ?? NO_TOKENS,
    changeState,
  });
  return output(status);
}

const base = (runId: string) => ({
  created_at: 1,
  agent_id: "a1",
  agent_name: "A",
  run_id: runId,
  session_id: "s1",
  nested_depth: 0,
});
const started = (runId: string) =>
  ({ ...base(runId), event: "RunStarted", model: "m", model_provider: "p" }) as const;
const last = (runId: string): StoredEvent => ({
  ...base(runId),
  event: "RunCompleted",
  content: "hello",
  content_type: "str",
  metrics: {},
});
export const NO_TOKENS: TokenSums = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };

/** `create` gives an empty store for each test. */
export function runStoreSuite(name: string, create: () => RunStore | Promise<RunStore>): void {
  const ids = (runs: readonly StoredRun[]) => runs.map((run) => run.output.run_id);
  const sessions = { sortBy: "createdAt", sortOrder: "asc", limit: 10, page: 1 } as const;
  const begin = (store: RunStore, runId = "r1", key = keyOf(alice)) =>
    store.createRun(all, {
      key,
      runId,
      createdAt: 1,
      outputJson: JSON.stringify(outputOf(key, runId, { status: "RUNNING" })),
      input: "hi",
      changeState: () => JSON.stringify({ from: runId }),
    });
  const ended = { output: outputOf(keyOf(alice), "r1"), events: [started("r1"), last("r1")] };
  const end = (terminalIndex: number): RunEnd => ({
    status: "COMPLETED",
    outputJson: JSON.stringify(ended.output),
    eventsJson: JSON.stringify(ended.events),
    terminalIndex,
    tokens: NO_TOKENS,
    changeState: () => '{"list":[1]}',
  });

  describe(`${name}, as a run store`, () => {
    it("shows a run from its first moment on, with its session", async () => {
      const store = await create();
      await begin(store);
      expect(await store.findRun(all, keyOf(alice), "r1")).toMatchObject({
        output: { status: "RUNNING" },
        events: [],
      });
      expect(await store.findSession(all, keyOf(alice))).toMatchObject({
        state: { from: "r1" },
        firstInput: "hi",
      });
    });

    it("keeps the end of a run with the session's state, and gives back no object of its own", async () => {
      const store = await create();
      const lease = await begin(store);
      await store.finishRun(lease, end(2));
      const found = await store.findRun(all, keyOf(alice), "r1");
      expect(found).toEqual({ key: keyOf(alice), ...ended });
      const session = await store.findSession(all, keyOf(alice));
      expect(session).toMatchObject({ state: { list: [1] }, createdAt: 1, name: undefined });
      Object.assign(session?.state ?? {}, { list: [2] });
      expect(await store.findSession(all, keyOf(alice))).toMatchObject({ state: { list: [1] } });
    });

    it("keeps one end, and nothing after it", async () => {
      const store = await create();
      const lease = await begin(store);
      await store.finishRun(lease, end(0));
      await expect(store.finishRun(lease, end(0))).rejects.toThrow(RunLeaseLost);
      await expect(store.finishRun(lease, end(1))).rejects.toThrow(RunLeaseLost);
    });

    it("takes nothing from another attempt, and no id twice", async () => {
      const store = await create();
      const lease = await begin(store);
      await expect(store.finishRun({ ...lease, attempt: 0 }, end(0))).rejects.toThrow(RunLeaseLost);
      await expect(begin(store)).rejects.toThrow();
      await store.finishRun(lease, end(0));
    });

    it.each<[string, readonly Owner[]]>([
      ["users", [alice, bob, NOBODY_OWNER]],
      ["issuers that have a user of the same name", [alice, ownerNamed("alice", { issuer: "partner" })]],
      ["a verified user and whoever claims to be it", [alice, ownerNamed("alice", { kind: "claimed" })]],
      [
        "names that differ in case or form",
        [ownerNamed("Alice"), alice, ownerNamed("\u00e9"), ownerNamed("e\u0301")],
      ],
      [
        "names whose parts run together",
        [ownerNamed('a","user'), ownerNamed("a"), ownerNamed("a", { issuer: 'x","a' })],
      ],
    ])("keeps apart %s with the same session id", async (_, owners) => {
      const store = await create();
      for (const [index, owner] of owners.entries())
        await storeRun(store, keyOf(owner), `r${index}`, { state: { index }, createdAt: index });
      for (const [index, owner] of owners.entries()) {
        expect(ids(await store.listRuns(scopeOf(owner), keyOf(owner), {}))).toEqual([`r${index}`]);
        expect(ids(await store.listRuns(all, keyOf(owner), {}))).toEqual([`r${index}`]);
        const found = await store.findSessions(scopeOf(owner), { sessionId: "s1" }, 10);
        expect(found.map(({ key }) => key.owner)).toEqual([owner]);
        expect((await store.findSession(all, keyOf(owner)))?.state).toEqual({ index });
        const page = await store.listSessions(scopeOf(owner), sessions);
        expect(page.sessions.map(({ key }) => key.owner)).toEqual([owner]);
      }
      expect(await store.findSessions(all, { sessionId: "s1" }, 10)).toHaveLength(owners.length);
      expect(await store.findSessions(all, { sessionId: "s1" }, 1)).toHaveLength(1);
      expect((await store.listSessions(all, sessions)).totalCount).toBe(owners.length);
    });

    it.each([
      ["another user", scopeOf(bob)],
      ["nobody", none],
      ["a user with an empty name", scopeOf(ownerNamed(""))],
      ["a user of that name at another issuer", scopeOf(ownerNamed("alice", { issuer: "partner" }))],
      ["who claims that name", scopeOf(ownerNamed("alice", { kind: "claimed" }))],
    ])("shows, takes and deletes nothing of alice's in the scope of %s", async (_, scope) => {
      const store = await create();
      await storeRun(store, keyOf(alice), "r1");
      await storeRun(store, keyOf(NOBODY_OWNER), "r2", { createdAt: 2 });
      expect(await store.findRun(scope, keyOf(alice), "r1")).toBeUndefined();
      expect(await store.findSessions(scope, { sessionId: "s1" }, 10)).toEqual([]);
      expect(await store.listSessions(scope, sessions)).toEqual({ sessions: [], totalCount: 0 });
      for (const owner of [alice, NOBODY_OWNER]) {
        expect(await store.listRuns(scope, keyOf(owner), {})).toEqual([]);
        expect(await store.findSession(scope, keyOf(owner))).toBeUndefined();
        expect(await store.changeSession(scope, keyOf(owner), { name: "mine", at: 2 })).toBeUndefined();
        expect(await store.deleteSession(scope, keyOf(owner))).toBe(false);
      }
      await expect(storeRun(store, keyOf(alice), "r3", { scope })).rejects.toThrow();
      await expect(
        store.createSession(scope, newSession(keyOf(alice, { sessionId: "s2" }))),
      ).rejects.toThrow();
      expect(ids(await store.listRuns(all, keyOf(alice), {}))).toEqual(["r1"]);
      expect(ids(await store.listRuns(all, keyOf(NOBODY_OWNER), {}))).toEqual(["r2"]);
    });

    it("reaches a session only through its component, and keeps kinds apart", async () => {
      const store = await create();
      const other = { kind: "agent", id: "a2" } as const;
      const team = { kind: "team", id: "a1" } as const;
      await storeRun(store, keyOf(alice), "r1");
      await storeRun(store, keyOf(alice, { component: team }), "r2");
      expect(await store.findRun(all, keyOf(alice, { component: other }), "r1")).toBeUndefined();
      expect(await store.findSession(all, keyOf(alice, { component: other }))).toBeUndefined();
      expect(ids(await store.listRuns(all, keyOf(alice), {}))).toEqual(["r1"]);
      expect(ids(await store.listRuns(all, keyOf(alice, { component: team }), {}))).toEqual(["r2"]);
      const find = async (filter: object) =>
        (await store.findSessions(all, { sessionId: "s1", ...filter }, 10)).map(({ key }) => key.component);
      expect(await find({ kind: "team" })).toEqual([team]);
      expect(await find({ componentId: "a2" })).toEqual([]);
      expect(await find({ userId: "alice" })).toHaveLength(2);
      expect(await find({ userId: "bob" })).toEqual([]);
    });

    it("lists runs oldest first, by status, newest within the limit", async () => {
      const store = await create();
      for (const [index, runId] of ["r1", "r2", "r3"].entries())
        await storeRun(store, keyOf(alice), runId, { createdAt: index + 1 });
      await storeRun(store, keyOf(alice), "r4", { status: "ERROR", createdAt: 4 });
      const list = async (query: RunQuery) => ids(await store.listRuns(all, keyOf(alice), query));
      expect(await list({ status: "COMPLETED", limit: 2 })).toEqual(["r2", "r3"]);
      expect(await list({})).toEqual(["r1", "r2", "r3", "r4"]);
      expect(await list({ limit: 0 })).toEqual([]);
      expect(await list({ createdAfter: 2, createdBefore: 3 })).toEqual(["r2", "r3"]);
      expect(await list({ createdAfter: 5 })).toEqual([]);
    });

    it("reads a long session piece by piece, none twice and none left out", async () => {
      const store = await create();
      const key = keyOf(alice);
      const scope = scopeOf(alice);
      const runIds = ["r1", "r2", "r3", "r4", "r5"];
      for (const id of runIds)
        await storeRun(store, key, id, { status: id === "r2" ? "ERROR" : "COMPLETED" });
      const read = async (
        afterRunId: string | undefined,
        count: number,
        query: Partial<RunPieceQuery> = {},
      ) => ids((await store.listRunPiece(scope, key, { maxBytes: 1e6, ...query, afterRunId, count })).runs);
      expect(await read(undefined, 2)).toEqual(["r1", "r2"]);
      expect(await read("r2", 2)).toEqual(["r3", "r4"]);
      expect(await read("r4", 2)).toEqual(["r5"]);
      expect(await read("r5", 2)).toEqual([]);
      expect(await read(undefined, 3, { status: "COMPLETED" })).toEqual(["r1", "r3", "r4"]);
      expect(await read("r2", 9, { status: "COMPLETED" })).toEqual(["r3", "r4", "r5"]);
      expect(await read("gone", 9)).toEqual([]);
    });

    it("ends a piece before it is too long, and gives a run that is longer than any piece", async () => {
      const store = await create();
      const key = keyOf(alice);
      for (const [runId, length] of [
        ["r1", 1],
        ["r2", 1],
        ["r3", 20_000],
        ["r4", 1],
      ] as const)
        await storeRun(store, key, runId, { content: "x".repeat(length) });
      const read = async (afterRunId: string | undefined, count = 9) => {
        const size = { count, maxBytes: 5_000 };
        const { runs, isLast } = await store.listRunPiece(scopeOf(alice), key, { ...size, afterRunId });
        return [ids(runs), isLast];
      };
      expect(await read(undefined)).toEqual([["r1", "r2"], false]);
      expect(await read("r2")).toEqual([["r3"], false]);
      expect(await read("r3")).toEqual([["r4"], true]);
      expect(await read("r4")).toEqual([[], true]);
      expect(await read(undefined, 2)).toEqual([["r1", "r2"], false]);
      const size = { count: 9, maxBytes: 5_000, afterRunId: undefined };
      expect(await store.listRunPiece(scopeOf(bob), key, size)).toEqual({ runs: [], isLast: true });
    });

    it("lists sessions in pages, sorted, by component and by part of the name", async () => {
      const store = await create();
      const team = { kind: "team", id: "t1" } as const;
      for (const [index, sessionId] of ["s1", "s2", "s3"].entries())
        await storeRun(store, keyOf(alice, { sessionId }), `r${index}`, { createdAt: index + 1 });
      await storeRun(store, keyOf(alice, { sessionId: "s4", component: team }), "r9", { createdAt: 9 });
      await store.changeSession(all, keyOf(alice), { name: "Über Rechnungen", at: 20 });
      const list = async (rest: object) => {
        const page = await store.listSessions(scopeOf(alice), { ...sessions, ...rest });
        return [page.sessions.map(({ key }) => key.sessionId), page.totalCount];
      };
      expect(await list({})).toEqual([["s1", "s2", "s3", "s4"], 4]);
      expect(await list({ sortOrder: "desc", limit: 3 })).toEqual([["s4", "s3", "s2"], 4]);
      expect(await list({ sortOrder: "desc", limit: 3, page: 2 })).toEqual([["s1"], 4]);
      expect(await list({ page: 2 })).toEqual([[], 4]);
      expect(await list({ sortBy: "updatedAt", sortOrder: "desc", limit: 1 })).toEqual([["s1"], 4]);
      expect(await list({ kind: "team" })).toEqual([["s4"], 1]);
      expect(await list({ componentId: "a1" })).toEqual([["s1", "s2", "s3"], 3]);
      expect(await list({ name: "RECHNUNG" })).toEqual([["s1"], 1]);
      expect(await list({ name: "nothing" })).toEqual([[], 0]);
    });

    it("takes no character of a name for a wildcard, and no other letter for one of A to Z", async () => {
      const store = await create();
      await storeRun(store, keyOf(alice), "r1");
      await store.changeSession(all, keyOf(alice), { name: "50% of_it, i", at: 2 });
      const found = async (part: string) =>
        (await store.listSessions(all, { ...sessions, name: part })).totalCount;
      expect(await Promise.all(["50%", "OF_IT", "I", ""].map(found))).toEqual([1, 1, 1, 1]);
      expect(await Promise.all(["5%t", "of-it", "_____", "\u0131", "\u0130"].map(found))).toEqual([
        0, 0, 0, 0, 0,
      ]);
    });

    it("compares ids of sessions, components and runs to the last code unit", async () => {
      const store = await create();
      const names = ["id", "ID", "Id", "i\u0307d", "id ", "id\u200b"];
      for (const [index, id] of names.entries()) {
        const key = keyOf(alice, { sessionId: id, component: { kind: "agent", id } });
        await storeRun(store, key, `Run-${id}`, { state: { index } });
      }
      for (const [index, id] of names.entries()) {
        const of = { kind: "agent", id } as const;
        const key = keyOf(alice, { sessionId: id, component: of });
        expect((await store.findSession(all, key))?.state).toEqual({ index });
        expect(await store.findRun(all, key, `Run-${id}`)).toBeDefined();
        expect(await store.findRun(all, key, `run-${id}`)).toBeUndefined();
      }
      expect((await store.listSessions(all, { ...sessions, componentId: "id" })).totalCount).toBe(1);
    });

    it("applies a change to the state that there is then, at the start and at every kind of end", async () => {
      const store = await create();
      const add = (text: string) => (json: string) => {
        const { seen = "" } = JSON.parse(json) as { seen?: string };
        return JSON.stringify({ seen: seen + text });
      };
      const start = (runId: string) =>
        store.createRun(all, {
          key: keyOf(alice),
          runId,
          createdAt: 1,
          outputJson: JSON.stringify(outputOf(keyOf(alice), runId, { status: "RUNNING" })),
          input: "hi",
          changeState: add(`+${runId}`),
        });
      const statuses = ["COMPLETED", "PAUSED", "CANCELLED", "ERROR"] as const;
      const leases = [await start("r0"), await start("r1"), await start("r2"), await start("r3")];
      for (const [index, status] of statuses.entries()) {
        const lease = leases[index];
        if (lease === undefined) throw new Error("no lease");
        const outputJson = JSON.stringify(outputOf(keyOf(alice), lease.runId, { status }));
        await store.finishRun(lease, { ...end(0), status, outputJson, changeState: add(`-${lease.runId}`) });
      }
      expect((await store.findSession(all, keyOf(alice)))?.state).toEqual({
        seen: "+r0+r1+r2+r3-r0-r1-r2-r3",
      });
    });

    it("changes nothing when it refuses an id that is taken", async () => {
      const store = await create();
      const lease = await begin(store);
      const again = {
        key: keyOf(alice),
        runId: "r1",
        createdAt: 9,
        outputJson: "{}",
        input: "hi",
        changeState: () => '{"forged":1}',
      };
      await expect(store.createRun(all, again)).rejects.toThrow();
      expect(await store.findSession(all, keyOf(alice))).toMatchObject({
        state: { from: "r1" },
        updatedAt: 1,
      });
      await store.finishRun(lease, end(0));
    });

    it("tells a run that is running from those that have ended", async () => {
      const store = await create();
      await storeRun(store, keyOf(alice), "r1");
      await begin(store, "r2");
      const list = async (query: RunQuery) => ids(await store.listRuns(all, keyOf(alice), query));
      expect(await list({ status: "COMPLETED" })).toEqual(["r1"]);
      expect(await list({ status: "RUNNING" })).toEqual(["r2"]);
    });

    it("lists sessions of equal times in the order in which they were created", async () => {
      const store = await create();
      const names = ["s9", "s1", "s5", "s3"];
      for (const sessionId of names) await storeRun(store, keyOf(alice, { sessionId }), `r-${sessionId}`);
      const list = async (sortOrder: "asc" | "desc") =>
        (await store.listSessions(all, { ...sessions, sortOrder })).sessions.map(({ key }) => key.sessionId);
      expect([await list("asc"), await list("desc")]).toEqual([names, names.toReversed()]);
    });

    it("renames a session and keeps the name through later runs", async () => {
      const store = await create();
      await storeRun(store, keyOf(alice), "r1");
      const renamed = await store.changeSession(scopeOf(alice), keyOf(alice), { name: "mine", at: 5 });
      expect(renamed).toMatchObject({ name: "mine", createdAt: 1, updatedAt: 5 });
      await storeRun(store, keyOf(alice), "r2", { createdAt: 9 });
      expect(await store.findSession(all, keyOf(alice))).toMatchObject({ name: "mine", updatedAt: 9 });
      expect(await store.changeSession(all, keyOf(bob), { name: "x", at: 5 })).toBeUndefined();
    });

    it("deletes a session with its runs, and a run that goes on in it loses its lease", async () => {
      const store = await create();
      await storeRun(store, keyOf(alice), "r0");
      const lease = await begin(store);
      expect(await store.deleteSession(scopeOf(alice), keyOf(alice))).toBe(true);
      expect(await store.deleteSession(scopeOf(alice), keyOf(alice))).toBe(false);
      await expect(store.finishRun(lease, end(0))).rejects.toThrow(RunLeaseLost);
      expect(await store.listRuns(all, keyOf(alice), {})).toEqual([]);
      expect(await store.findSession(all, keyOf(alice))).toBeUndefined();
    });

    it("keeps of the first input what a list shows, whatever later runs are asked", async () => {
      const store = await create();
      await storeRun(store, keyOf(alice), "r1", { input: "a".repeat(MAX_FIRST_INPUT_LENGTH + 1) });
      await storeRun(store, keyOf(alice), "r2", { input: "later" });
      const session = await store.findSession(all, keyOf(alice));
      expect(session?.firstInput).toBe("a".repeat(MAX_FIRST_INPUT_LENGTH));
    });

    it("adds up the tokens of the runs of a session", async () => {
      const store = await create();
      const tokens = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };
      await storeRun(store, keyOf(alice), "r1", { tokens });
      await storeRun(store, keyOf(alice), "r2", { tokens, status: "ERROR" });
      const session = await store.findSession(all, keyOf(alice));
      expect(session?.tokens).toEqual({ inputTokens: 6, outputTokens: 4, totalTokens: 10 });
    });

    it("makes a session without a run, once for an id of its owner, whatever the component", async () => {
      const store = await create();
      const given = { name: "Plans", state: { a: 1 }, metadata: { color: "red" } };
      const made = await store.createSession(scopeOf(alice), newSession(keyOf(alice), given));
      expect(made).toMatchObject({
        key: keyOf(alice),
        ...given,
        summary: undefined,
        createdAt: 3,
        updatedAt: 3,
      });
      expect(await store.findSession(all, keyOf(alice))).toEqual(made);
      const other = { kind: "team", id: "t1" } as const;
      for (const key of [keyOf(alice), keyOf(alice, { component: other })])
        expect(await store.createSession(all, newSession(key))).toBeUndefined();
      expect(await store.createSession(all, newSession(keyOf(bob)))).toBeDefined();
      await storeRun(store, keyOf(alice), "r1", { state: { a: 2 } });
      expect(await store.findSession(all, keyOf(alice))).toMatchObject({ ...given, state: { a: 2 } });
    });

    it("gives a session without a component the one of its first run", async () => {
      const store = await create();
      const open = keyOf(alice, { component: { kind: "agent", id: "" } });
      await store.createSession(all, newSession(open, { state: { a: 1 } }));
      expect((await store.findSession(all, keyOf(alice)))?.key).toEqual(open);
      const team = { kind: "team", id: "a1" } as const;
      expect(await store.findSession(all, keyOf(alice, { component: team }))).toBeUndefined();
      const lease = await store.createRun(all, {
        key: keyOf(alice),
        runId: "r1",
        createdAt: 4,
        outputJson: JSON.stringify(outputOf(keyOf(alice), "r1", { status: "RUNNING" })),
        input: "hi",
        changeState: undefined,
        bindsSession: true,
      });
      await store.finishRun(lease, end(0));
      expect(await store.findSession(all, keyOf(alice))).toMatchObject({
        key: keyOf(alice),
        firstInput: "hi",
      });
      expect((await store.listSessions(all, sessions)).totalCount).toBe(1);
      expect(ids(await store.listRuns(all, keyOf(alice), {}))).toEqual(["r1"]);
    });

    it("replaces what a change gives, and leaves what it does not", async () => {
      const store = await create();
      await store.createSession(all, newSession(keyOf(alice), { name: "Plans", state: { a: 1 } }));
      const change = { state: { b: 2 }, metadata: { m: [1] }, summary: { summary: "short" }, at: 9 };
      const changed = await store.changeSession(scopeOf(alice), keyOf(alice), change);
      const { at, ...values } = change;
      expect(changed).toMatchObject({ name: "Plans", ...values, createdAt: 3, updatedAt: at });
      expect(await store.findSession(all, keyOf(alice))).toEqual(changed);
    });

    it("changes the summary that the session has when the run ends, with its end", async () => {
      const store = await create();
      const seen: (string | undefined)[] = [];
      const finish = async (runId: string, summary: string | undefined) => {
        const lease = await begin(store, runId);
        const changeSummary = (json: string | undefined) => {
          seen.push(json);
          return summary === undefined ? json : JSON.stringify({ summary });
        };
        await store.finishRun(lease, { ...end(0), changeSummary });
        return (await store.findSession(all, keyOf(alice)))?.summary;
      };
      expect(await finish("r1", undefined)).toBeUndefined();
      expect(await finish("r2", "short")).toEqual({ summary: "short" });
      await store.changeSession(all, keyOf(alice), { summary: { summary: "mine" }, at: 9 });
      expect(await finish("r3", undefined)).toEqual({ summary: "mine" });
      await store.finishRun(await begin(store, "r4"), end(0));
      expect((await store.findSession(all, keyOf(alice)))?.summary).toEqual({ summary: "mine" });
      expect(seen).toEqual([undefined, undefined, '{"summary":"mine"}']);
    });

    it("changes no summary when the end is not kept", async () => {
      const store = await create();
      const lease = await begin(store);
      await store.finishRun(lease, end(0));
      const changeSummary = () => '{"summary":"late"}';
      await expect(store.finishRun(lease, { ...end(0), changeSummary })).rejects.toThrow(RunLeaseLost);
      expect((await store.findSession(all, keyOf(alice)))?.summary).toBeUndefined();
    });

    it("stops a run that lives, in its scope, its component and its session only", async () => {
      const store = await create();
      const lease = await begin(store);
      const request = { component, runId: "r1" };
      for (const [scope, rest] of [
        [scopeOf(bob), {}],
        [none, {}],
        [all, { component: { kind: "agent", id: "a2" } as const }],
        [all, { component: { kind: "team", id: "a1" } as const }],
        [all, { sessionId: "s2" }],
        [all, { runId: "r2" }],
      ] as const)
        expect(await store.requestCancel(scope, { ...request, ...rest })).toBe(false);
      expect(await store.requestCancel(scopeOf(alice), { ...request, sessionId: "s1" })).toBe(true);
      await store.finishRun(lease, end(0));
      expect(await store.requestCancel(all, request)).toBe(false);
    });

    it("leaves the runs of a server that lives to it", async () => {
      const store = await create();
      const lease = await begin(store);
      await store.beat();
      const lastEvent = { event: "RunError", json: "{}" };
      expect(await store.endAbandoned(() => ({ outputJson: "{}", last: lastEvent }))).toBe(0);
      await store.finishRun(lease, end(0));
    });

    it("keeps any text, also what a database has no character for", async () => {
      const store = await create();
      const owner = ownerNamed("a\u0000b\ud800'\"\\");
      const content = "NUL \u0000, a half \udc00, \u2028 and 😀";
      await storeRun(store, keyOf(owner), "r1", { content, input: content, state: { [content]: content } });
      await storeRun(store, keyOf(ownerNamed("a")), "r2");
      const found = await store.findRun(scopeOf(owner), keyOf(owner), "r1");
      expect(found?.output.content).toBe(content);
      expect(found?.key.owner).toEqual(owner);
      expect((await store.findSession(all, keyOf(owner)))?.state).toEqual({ [content]: content });
      expect((await store.listSessions(scopeOf(owner), sessions)).sessions[0]?.key.owner).toEqual(owner);
    });

    it("finds and stops nothing by an id that no run can have", async () => {
      const store = await create();
      await storeRun(store, keyOf(alice), "r1");
      for (const runId of ["", "r1\u0000", "\u0000", "r1\ud800", "r".repeat(10_000)]) {
        expect(await store.findRun(all, keyOf(alice), runId)).toBeUndefined();
        const { component: own } = keyOf(alice);
        expect(await store.requestCancel(all, { component: own, runId })).toBe(false);
        const size = { count: 1, maxBytes: 1e6 };
        const piece = await store.listRunPiece(all, keyOf(alice), { ...size, afterRunId: runId });
        expect(piece).toEqual({ runs: [], isLast: true });
      }
    });

    it("leaves large values out of a list, and of nothing else", async () => {
      const store = await create();
      const fits = { text: "x".repeat(MAX_LISTED_BYTES - '{"text":""}'.length) };
      const large = { text: `${fits.text}x` };
      const make = async (sessionId: string, value: typeof fits) => {
        const key = keyOf(alice, { sessionId });
        await store.createSession(all, newSession(key, { state: value, metadata: value }));
        await store.changeSession(all, key, { summary: value, at: 4 });
        return key;
      };
      const key = await make("large", large);
      await make("small", fits);
      const { sessions: listed } = await store.listSessions(all, { ...sessions, sortOrder: "asc" });
      expect(listed.map(({ state, metadata, summary }) => [state, metadata, summary])).toEqual([
        [undefined, undefined, undefined],
        [fits, fits, fits],
      ]);
      expect(await store.findSession(all, key)).toMatchObject({
        state: large,
        metadata: large,
        summary: large,
      });
    });

    it("gives back every id that a client may choose", async () => {
      const store = await create();
      for (const letter of ["\u00e4", '"', "\\", "😀"]) {
        let sessionId = letter;
        while (Buffer.byteLength(JSON.stringify(sessionId + letter)) - 2 <= MAX_CLIENT_ID_BYTES)
          sessionId += letter;
        const key = keyOf(alice, { sessionId, component: { kind: "agent", id: sessionId } });
        await storeRun(store, key, `r${letter}`);
        const [found] = await store.findSessions(all, { sessionId }, 2);
        expect(found?.key).toEqual(key);
        expect(await store.findSessionKeys(scopeOf(alice), { sessionId }, 2)).toEqual([key]);
        expect(await store.findSessionKeys(scopeOf(bob), { sessionId }, 2)).toEqual([]);
      }
    });

    it("tells apart names that are too long for a key", async () => {
      const store = await create();
      const [one, other] = ["x", "y"].map((ending) => ownerNamed("long".repeat(2_000) + ending));
      if (one === undefined || other === undefined) throw new Error("no owners");
      await storeRun(store, keyOf(one), "r1");
      await storeRun(store, keyOf(other), "r2");
      expect(ids(await store.listRuns(scopeOf(one), keyOf(one), {}))).toEqual(["r1"]);
      expect((await store.listSessions(scopeOf(other), sessions)).totalCount).toBe(1);
    });
  });
}

function newSession(key: SessionKey, rest: Partial<NewSession> = {}): NewSession {
  return { key, name: undefined, state: {}, metadata: undefined, createdAt: 3, ...rest };
}
