/** For tests: a runtime with a fixed clock, counted ids and a log that can be read; and a run with everything stored. */
import {
  type Access,
  compileGrants,
  DEFAULT_ISSUER_NAME,
  type Identity,
  type Owner,
  ok,
  type Result,
} from "@agentos/auth";
import {
  ADMIN_SCOPE,
  type AnyRunEvent,
  type AnyRunOutput,
  type PrefixedKind,
  type ToolExecution,
} from "@agentos/contract";
import type { Runtime } from "@agentos/guard/app";
import { createMemoryRunStore } from "../stores/memory-run-store.ts";
import type { RunRequest, StartFault } from "./accept-run.ts";
import type { LiveRun } from "./live-run.ts";
import type { RunForm } from "./run-form.ts";
import type { RunContext, Runnable } from "./runnable.ts";
import { createRunService, type RunService, type RunServiceOptions } from "./service.ts";
import type { RunStore, StoredRun } from "./store.ts";

export const NOW = 1_795_000_000.5;

export interface TestRuntime extends Runtime {
  readonly log: {
    readonly level: string;
    readonly facts: Readonly<Record<string, unknown>>;
    readonly text: string;
  }[];
}

export function createTestRuntime(): TestRuntime {
  let ids = 0;
  const log: TestRuntime["log"] = [];
  const write = (level: string) => (facts: Readonly<Record<string, unknown>>, text: string) => {
    log.push({ level, facts, text });
  };
  return {
    clock: { now: () => NOW },
    generateId: () => `id-${++ids}`,
    logger: { error: write("error"), warn: write("warn"), info: write("info") },
    log,
  };
}

/** A verified user, unless the parts say otherwise. */
export function ownerNamed(id: string, parts: Partial<Owner> = {}): Owner {
  return { issuer: DEFAULT_ISSUER_NAME, kind: "user", ...parts, id };
}

/** Who has no name at all. */
export const NOBODY_OWNER: Owner = ownerNamed("", { kind: "anonymous" });

/** What authentication would give for these parts; the rest says nothing. */
export function createTestIdentity(parts: Partial<Omit<Identity, "grants">>): Identity {
  const { scopes = [], kind = "user", issuer = DEFAULT_ISSUER_NAME, userId } = parts;
  return {
    kind,
    issuer,
    owner: userId === undefined ? { issuer, kind: "anonymous", id: "" } : ownerNamed(userId, { issuer }),
    userId: undefined,
    subject: parts.userId,
    sessionId: undefined,
    claims: {},
    dependencies: undefined,
    sessionState: undefined,
    expiresAt: undefined,
    notBefore: undefined,
    keyLabel: undefined,
    ...parts,
    scopes,
    grants: compileGrants(scopes, ADMIN_SCOPE),
  };
}

export const ALICE = createTestIdentity({
  userId: "alice",
  scopes: ["agents:run"],
  claims: { sub: "alice" },
});
export const BOB = createTestIdentity({ userId: "bob", scopes: ["agents:run"], claims: { sub: "bob" } });
export const NOBODY = createTestIdentity({ kind: "anonymous" });

/** What authorization would give to Alice, everything open. */
export function createTestAccess(parts: Partial<Access> = {}): Access {
  return { identity: ALICE, visible: "all", dataScope: { kind: "all" }, decision: undefined, ...parts };
}

export function form(message: string, rest: Partial<RunForm> = {}): RunForm {
  return {
    message,
    stream: true,
    background: false,
    sessionId: undefined,
    userId: undefined,
    sessionState: undefined,
    dependencies: undefined,
    metadata: undefined,
    media: [],
    ...rest,
  };
}

export function createTestContext(rest: Partial<RunContext> = {}): RunContext {
  return {
    ...createTestRuntime(),
    runId: "run-1",
    sessionId: "session-1",
    owner: ALICE.owner,
    userId: "alice",
    caller: ALICE,
    signal: new AbortController().signal,
    sessionState: {},
    dependencies: {},
    metadata: {},
    history: [],
    ...rest,
  };
}

/** A call of `add_numbers` that has only been asked for. */
export function createToolExecution(rest: Partial<ToolExecution>): ToolExecution {
  return {
    tool_call_id: "call_1_1",
    tool_name: "add_numbers",
    tool_args: { a: 1, b: 2 },
    tool_call_error: null,
    result: null,
    metrics: null,
    child_run_id: null,
    stop_after_tool_call: false,
    created_at: Math.floor(NOW),
    requires_confirmation: null,
    confirmed: null,
    confirmation_note: null,
    requires_user_input: null,
    user_input_schema: null,
    user_feedback_schema: null,
    answered: null,
    external_execution_required: null,
    external_execution_silent: null,
    approval_type: null,
    approval_id: null,
    ...rest,
  };
}

const PLAIN = {
  id: "plain",
  name: "Plain",
  model: { id: "none", provider: "none" },
  historyRuns: 0,
  describe: () => ({ id: "plain", name: "Plain", is_factory: false, is_component: false }),
};

/** An agent that only does what it is told, without a model. */
export function createPlainAgent(run: Runnable["run"]): Runnable<"agent"> {
  return { ...PLAIN, kind: "agent", run };
}

/** A team of the same id that only does what it is told. */
export function createPlainTeam(run: Runnable["run"]): Runnable<"team"> {
  return { ...PLAIN, kind: "team", run };
}

export interface TestServer {
  readonly runtime: TestRuntime;
  readonly store: RunStore;
  readonly service: ReturnType<typeof createRunService>;
  /** A run of Alice's by the ids of its agent, its session and itself. */
  find(agentId: string, sessionId: string, runId: string): Promise<StoredRun | undefined>;
  start(
    runnable: Runnable<PrefixedKind>,
    input: RunForm,
    caller?: Partial<Access> & { readonly signal?: AbortSignal },
  ): Promise<LiveRun>;
}

export function createTestServer(
  options: Partial<
    Pick<RunServiceOptions, "store" | "claimOwned" | "limits" | "beatMs" | "isPassing" | "pause">
  > = {},
): TestServer {
  const runtime = createTestRuntime();
  const store = options.store ?? createMemoryRunStore();
  const service = createRunService({ ...options, store, runtime });
  return {
    runtime,
    store,
    service,
    find(agentId, sessionId, runId) {
      const key = { owner: ALICE.owner, component: { kind: "agent", id: agentId }, sessionId } as const;
      return store.findRun({ kind: "all" }, key, runId);
    },
    async start(runnable, input, { signal, ...access } = {}) {
      const request = { runnable, form: input, access: createTestAccess(access) };
      const started = await startRun(service, { ...request, signal });
      if (!started.ok) throw new Error(`not started: ${JSON.stringify(started.fault)}`);
      return started.value;
    },
  };
}

/** A run that begins at once, or why it does not. */
export async function startRun(
  service: Pick<RunService, "acceptRun">,
  request: RunRequest,
): Promise<Result<LiveRun, StartFault>> {
  const accepted = await service.acceptRun(request);
  if (!accepted.ok) return accepted;
  if (accepted.value.type !== "begun") throw new Error(`not begun: ${accepted.value.type}`);
  return ok(accepted.value.run);
}

/** The events of a run, as they come. */
export async function* followEvents(run: LiveRun): AsyncGenerator<AnyRunEvent, void> {
  const watcher = run.watch(() => {});
  try {
    while (await watcher.ready())
      for (let entry = watcher.take(); entry !== undefined; entry = watcher.take())
        yield JSON.parse(run.toJson(entry)) as AnyRunEvent;
  } finally {
    watcher.close();
  }
}

/** Every event, and the run. */
export async function finish(
  run: LiveRun,
): Promise<{ readonly events: readonly AnyRunEvent[]; readonly output: AnyRunOutput }> {
  const events: AnyRunEvent[] = [];
  for await (const event of followEvents(run)) events.push(event);
  return { events, output: await outputOf(run) };
}

/** The run, as its caller sees it. */
export async function outputOf(run: LiveRun): Promise<AnyRunOutput> {
  return JSON.parse((await run.finished).json) as AnyRunOutput;
}

/** Lets everything go on that can. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}
