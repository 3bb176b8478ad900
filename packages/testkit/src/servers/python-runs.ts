/**
 * Runs and sessions as the Python AgentOS answers them (contract 4.2-4.5, 5): forms alone are read, `Idempotency-Key` is
 * not, only runs in the background have an `event_index`, and errors have a `detail` alone.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { makeContinuedEvents, makePausingEvents, showPause } from "./python-pauses.ts";

export interface PythonRunsOptions {
  /** The first stream is cut after so many events. Default: it is not. */
  readonly cutsAfter?: number;
  /** Where `resume` finds a run: stored events have no pieces of the answer, and no index. Default "buffer". */
  readonly resumesFrom?: "buffer" | "database";
  /** The connection of the first POST that begins a run is closed without an answer. Default false. */
  readonly losesFirstRun?: boolean;
  /** It has a team and a workflow beside its agent; the workflow asks at each step where the message ends with "?". Default false. */
  readonly hasOthers?: boolean;
  /** It has no database, so a run in the background is refused, and no session is kept. Default false. */
  readonly hasNoDatabase?: boolean;
}

export interface PythonRuns {
  /** Scopes that the route asks for; undefined: it is none of these. */
  scopesOf(method: string | undefined, route: string): readonly string[] | undefined;
  answer(request: IncomingMessage, response: ServerResponse, route: string): Promise<void>;
}

type Event = Readonly<Record<string, unknown>>;

interface Run {
  readonly sessionId: string;
  readonly asked: string;
  readonly kind: Kind;
  readonly events: readonly Event[];
}

type Kind = "agents" | "teams" | "workflows";

const AGENT = {
  id: "helper",
  name: "Helper",
  db_id: "db",
  model: { name: "OpenAIChat", model: "gpt-5", provider: "OpenAI" },
  metadata: {},
  is_factory: false,
  is_component: false,
};
const TEAM = { ...AGENT, id: "desk", name: "Desk", description: "Shares questions out", mode: "coordinate" };
const WORKFLOW = { id: "report", name: "Report", db_id: "db", description: "Writes a report in steps" };
const DAY = "2026-01-01T00:00:00Z";

export function createPythonRuns(options: PythonRunsOptions): PythonRuns {
  const runs = new Map<string, Run>();
  let streams = 0;
  let posts = 0;

  function begin(kind: Kind, form: URLSearchParams): readonly [id: string, run: Run] {
    const id = `run-${runs.size + 1}`;
    const sessionId = form.get("session_id") || `session-${runs.size + 1}`;
    const asked = form.get("message") ?? "";
    const begun = { sessionId, asked, kind, events: EVENTS[kind](id, sessionId, asked) };
    runs.set(id, begun);
    return [id, begun];
  }

  function stream(response: ServerResponse, begun: Run, isIndexed: boolean): void {
    openStream(response);
    streams += 1;
    const end = streams === 1 ? (options.cutsAfter ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    const frames = begun.events.map((event, index) =>
      encode(isIndexed ? { ...event, event_index: index } : event),
    );
    const sent = frames.slice(0, end).join("");
    if (end >= frames.length) response.end(sent);
    else response.write(sent, () => response.destroy());
  }

  function resume(response: ServerResponse, runId: string, form: URLSearchParams): void {
    openStream(response);
    const found = runs.get(runId);
    if (found === undefined) {
      const error = `Run ${runId} not found in buffer or database`;
      response.end(encode({ event: "error", error }, ": "));
      return;
    }
    const total = found.events.length;
    const about = { event: "replay", run_id: runId, status: "COMPLETED", total_events: total };
    if (options.resumesFrom === "database") {
      const stored = found.events.filter(({ event }) => event !== "RunContent");
      response.end(
        [
          encode({ ...about, total_events: stored.length, message: "Replaying" }, ": "),
          ...stored.map((each) => encode(each)),
        ].join(""),
      );
      return;
    }
    const last = form.has("last_event_index") ? Number(form.get("last_event_index")) : -1;
    const missed = found.events
      .map((event, index) => encode({ ...event, event_index: index }))
      .slice(last + 1)
      .join("");
    response.end(
      encode(
        { ...about, total_buffered: total, last_event_index_requested: last, message: "Replaying" },
        ": ",
      ) + missed,
    );
  }

  function continueRun(response: ServerResponse, runId: string, form: URLSearchParams): void {
    const found = runs.get(runId);
    if (found === undefined || showPause(found.events)["status"] === undefined) {
      send(response, 409, { detail: "run is not paused" });
      return;
    }
    const answered = JSON.parse(form.get("step_requirements") || "[]") as readonly Event[];
    const more = makeContinuedEvents(makeWorkflowEvent(runId, found.sessionId), answered);
    runs.set(runId, { ...found, events: [...found.events, ...more] });
    stream(response, { ...found, events: more }, false);
  }

  async function run(kind: Kind, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = await readForm(request);
    posts += 1;
    if (posts === 1 && options.losesFirstRun === true) {
      response.destroy();
      return;
    }
    if (form.get("message") === null || form.get("message") === "") {
      const missing = { type: "missing", loc: ["body", "message"], msg: "Field required", input: null };
      send(response, 422, { detail: [missing] });
      return;
    }
    const isBackground = form.get("background") === "true";
    if (isBackground && options.hasNoDatabase === true) {
      send(response, 400, {
        detail: "Background execution requires a database to be configured on the agent",
      });
      return;
    }
    const [runId, begun] = begin(kind, form);
    if (form.get("stream") !== "false") stream(response, begun, isBackground);
    else if (isBackground)
      send(response, 202, { run_id: runId, session_id: begun.sessionId, status: "PENDING" });
    else send(response, 200, outputOf(runId, begun));
  }

  return {
    scopesOf(method, route) {
      const [, kind] = /^\/(agents|teams|workflows)\/[^/]+\/runs/.exec(route) ?? [];
      if (kind !== undefined) return [`${kind}:${method === "POST" ? "run" : "read"}`];
      return /^\/sessions(?:\/|$)/.test(route) ? ["sessions:read"] : undefined;
    },
    async answer(request, response, route) {
      const [, id, , runId = "", action] = route.slice(1).split("/");
      const hasOthers = options.hasOthers === true;
      const kind = KINDS.find((one) => route.startsWith(`/${one}/`));
      const known = kind === undefined ? undefined : COMPONENTS[kind];
      if (route === "/agents") send(response, 200, [AGENT]);
      else if (route === "/teams") send(response, 200, hasOthers ? [TEAM] : []);
      else if (route === "/config")
        send(response, 200, hasOthers ? { agents: [AGENT], teams: [TEAM], workflows: [WORKFLOW] } : {});
      else if (route === "/sessions")
        send(response, 200, listSessions(runs, new URL(request.url ?? "", "http://python").searchParams));
      else if (route.startsWith("/sessions/")) {
        const stored = [...runs].filter(([, { sessionId }]) => sessionId === id);
        if (stored.length === 0) send(response, 404, { detail: `Session with ID ${id} not found` });
        else send(response, 200, stored.map(toStored));
      } else if (id !== known?.id || (kind !== "agents" && !hasOthers))
        send(response, 404, { detail: `${known?.title ?? "Agent"} not found` });
      else if (action === "resume") resume(response, runId, await readForm(request));
      else if (action === "continue" && kind === "workflows")
        continueRun(response, runId, await readForm(request));
      // It keeps the wish even of a run that it does not know, and a run that waits goes on waiting.
      else if (action === "cancel") send(response, 200, {});
      else if (request.method === "POST" && runId === "") await run(kind ?? "agents", request, response);
      else send(response, 404, { detail: "Not Found" });
    },
  };
}

const KINDS: readonly Kind[] = ["agents", "teams", "workflows"];
const COMPONENTS: Readonly<Record<Kind, { readonly id: string; readonly title: string }>> = {
  agents: { id: AGENT.id, title: "Agent" },
  teams: { id: TEAM.id, title: "Team" },
  workflows: { id: WORKFLOW.id, title: "Workflow" },
};
const EVENTS: Readonly<Record<Kind, typeof makeEvents>> = {
  agents: makeEvents,
  teams: makeTeamEvents,
  workflows: makeWorkflowEvents,
};

/** A member answers within it, under its plain names. */
function makeTeamEvents(runId: string, sessionId: string, message: string): readonly Event[] {
  const event = (name: string, more: Event = {}): Event => ({
    created_at: 1_795_474_276,
    event: `Team${name}`,
    team_id: TEAM.id,
    team_name: TEAM.name,
    run_id: runId,
    session_id: sessionId,
    nested_depth: 0,
    ...more,
  });
  const member = makeEvents(`${runId}-member`, sessionId, message).map((each) => ({
    ...each,
    parent_run_id: runId,
  }));
  return [
    event("RunStarted", { model: "gpt-5", model_provider: "OpenAI" }),
    ...member,
    event("RunContent", { content: "The desk says: ", content_type: "str" }),
    event("RunContent", { content: "done", content_type: "str" }),
    event("RunContentCompleted"),
    event("RunCompleted", { content: "The desk says: done", content_type: "str", metrics: {} }),
  ];
}

function makeWorkflowEvent(runId: string, sessionId: string) {
  return (name: string, more: Event = {}): Event => ({
    created_at: 1_795_474_276,
    event: name,
    workflow_id: WORKFLOW.id,
    workflow_name: WORKFLOW.name,
    session_id: sessionId,
    run_id: runId,
    nested_depth: 0,
    ...more,
  });
}

/** One step of an agent, and one of a function. */
function makeWorkflowEvents(runId: string, sessionId: string, message: string): readonly Event[] {
  const event = makeWorkflowEvent(runId, sessionId);
  if (message.endsWith("?")) return makePausingEvents(event);
  const within = { workflow_id: WORKFLOW.id, workflow_run_id: runId, step_name: "Draft", step_index: 0 };
  const agent = makeEvents(`${runId}-step`, sessionId, message).map((each) => ({ ...each, ...within }));
  const step = (name: string, index: number, content: string) =>
    event("StepCompleted", { step_name: name, step_index: index, content, content_type: "str" });
  return [
    event("WorkflowStarted"),
    event("StepStarted", { step_name: "Draft", step_index: 0 }),
    ...agent,
    step("Draft", 0, `You said: ${message}`),
    event("StepStarted", { step_name: "Publish", step_index: 1 }),
    step("Publish", 1, "Published."),
    event("WorkflowCompleted", { content: "Published.", content_type: "str", step_results: [], metrics: {} }),
  ];
}

function makeEvents(runId: string, sessionId: string, message: string): readonly Event[] {
  const event = (name: string, more: Event = {}): Event => ({
    created_at: 1_795_474_276,
    event: name,
    agent_id: AGENT.id,
    agent_name: AGENT.name,
    run_id: runId,
    session_id: sessionId,
    nested_depth: 0,
    ...more,
  });
  const piece = (content: string) =>
    event("RunContent", { content, workflow_agent: false, content_type: "str", reasoning_content: "" });
  return [
    event("RunStarted", { model: "gpt-5", model_provider: "OpenAI" }),
    event("ModelRequestStarted", { model: "gpt-5", model_provider: "OpenAI" }),
    piece("You said: "),
    piece(message),
    event("RunContentCompleted"),
    event("RunCompleted", { content: `You said: ${message}`, content_type: "str", metrics: {} }),
  ];
}

function outputOf(runId: string, { sessionId, events }: Run): object {
  return {
    run_id: runId,
    agent_id: AGENT.id,
    agent_name: AGENT.name,
    session_id: sessionId,
    content: events.at(-1)?.["content"],
    content_type: "str",
    status: "COMPLETED",
    created_at: 1_795_474_276,
  };
}

/** As `/sessions/{id}/runs` shows one, with-null as there; it has no status where it went well. */
function toStored([runId, { asked, kind, events }]: [string, Run]): object {
  return {
    run_id: runId,
    parent_run_id: "",
    [`${kind.slice(0, -1)}_id`]: COMPONENTS[kind].id,
    user_id: "",
    status: null,
    run_input: asked,
    content: events.at(-1)?.["content"],
    metrics: {},
    messages: null,
    tools: null,
    created_at: DAY,
    ...showPause(events),
  };
}

function listSessions(runs: ReadonlyMap<string, Run>, query: URLSearchParams): object {
  const wanted = query.get("type");
  const own = [...runs.values()].filter(({ kind }) => wanted === null || `${wanted}s` === kind);
  const data = own.map(({ sessionId, asked, kind }) => ({
    session_id: sessionId,
    session_name: asked,
    [`${kind.slice(0, -1)}_id`]: COMPONENTS[kind].id,
    created_at: DAY,
    updated_at: DAY,
  }));
  const meta = { page: 1, limit: 20, total_pages: 1, total_count: data.length, search_time_ms: 0 };
  return { data, meta };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function openStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
}

/** Control frames have spaces in their JSON, events have none. */
function encode(event: Event, colon: ":" | ": " = ":"): string {
  const pairs = Object.entries(event).map(
    ([key, value]) => `${JSON.stringify(key)}${colon}${JSON.stringify(value)}`,
  );
  return `event: ${String(event["event"])}\ndata: {${pairs.join(colon === ":" ? "," : ", ")}}\n\n`;
}

/** A JSON body gives nothing, as it does there. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const type = request.headers["content-type"] ?? "";
  const bytes = Buffer.concat(chunks);
  if (type.startsWith("application/x-www-form-urlencoded")) return new URLSearchParams(bytes.toString());
  if (!type.startsWith("multipart/form-data")) return new URLSearchParams();
  const form = await new Response(bytes, { headers: { "content-type": type } }).formData();
  return new URLSearchParams(
    [...form].map(([name, value]): [string, string] => [
      name,
      typeof value === "string" ? value : value.name,
    ]),
  );
}
