/** What a client does with runs, at any node: every function takes the address of the one that it asks. */
import { openRunStream, type RunStream } from "./run-stream.ts";

export interface RunId {
  readonly agent: string;
  readonly sessionId: string;
  readonly runId: string;
}

export type AnswerBody = Readonly<Record<string, unknown>>;

export interface NodeAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: AnswerBody;
}

interface Sent {
  readonly fields?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: "GET" | "POST";
}

/** A form, or nothing; the answer as an object. */
export async function ask(
  url: string,
  { fields, headers = {}, method = "POST" }: Sent = {},
): Promise<NodeAnswer> {
  const body = fields === undefined ? undefined : new URLSearchParams(fields);
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  const parsed: unknown = text === "" ? {} : JSON.parse(text);
  const { status } = response;
  return { status, retryAfter: response.headers.get("retry-after"), body: parsed as AnswerBody };
}

let sessions = 0;
/** A session that no other run has. */
export function nextSession(): string {
  sessions += 1;
  return `session-${sessions}`;
}

export interface Start {
  readonly agent: string;
  readonly message?: string;
  readonly sessionId?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A run in the background that is followed from its start. Resolves with its first event. */
export async function startFollowed(
  url: string,
  { agent, message = "go", sessionId = nextSession(), headers = {} }: Start,
): Promise<{ readonly run: RunId; readonly stream: RunStream }> {
  const body = new URLSearchParams({ message, session_id: sessionId, stream: "true", background: "true" });
  const stream = await openRunStream(`${url}/agents/${agent}/runs`, { method: "POST", body, headers });
  const first = await stream.find(() => true);
  const runId = first?.data["run_id"];
  if (typeof runId !== "string") throw new Error(`no run has begun: ${stream.status}`);
  return { run: { agent, sessionId, runId }, stream };
}

/** A run in the background that nobody follows. */
export async function startUnwatched(
  url: string,
  { agent, message = "go", sessionId = nextSession(), headers = {} }: Start,
): Promise<RunId> {
  const fields = { message, session_id: sessionId, stream: "false", background: "true" };
  const { status, body } = await ask(`${url}/agents/${agent}/runs`, { fields, headers });
  const runId = body["run_id"];
  if (status !== 202 || typeof runId !== "string") throw new Error(`no run has begun: ${status}`);
  return { agent, sessionId, runId };
}

const pathOf = ({ agent, runId }: RunId) => `/agents/${agent}/runs/${runId}`;

/** Follows a run from behind an index on; from its start without one. */
export function resume(
  url: string,
  run: RunId,
  {
    after,
    headers = {},
  }: { readonly after?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<RunStream> {
  const body = new URLSearchParams({ session_id: run.sessionId });
  if (after !== undefined) body.set("last_event_index", String(after));
  return openRunStream(`${url}${pathOf(run)}/resume`, { method: "POST", body, headers });
}

type Headers = Readonly<Record<string, string>>;

export function readRun(url: string, run: RunId, headers: Headers = {}): Promise<NodeAnswer> {
  const query = new URLSearchParams({ session_id: run.sessionId });
  return ask(`${url}${pathOf(run)}?${query.toString()}`, { method: "GET", headers });
}

export function cancelRun(url: string, run: RunId, headers: Headers = {}): Promise<NodeAnswer> {
  const query = new URLSearchParams({ session_id: run.sessionId });
  return ask(`${url}${pathOf(run)}/cancel?${query.toString()}`, { headers });
}

/** Decides the one call that the agent `asks` waits for. */
export function continueRun(
  url: string,
  run: RunId,
  { toolCallId, confirmed }: { readonly toolCallId: string; readonly confirmed: boolean },
): Promise<NodeAnswer> {
  const tools = JSON.stringify([{ tool_call_id: toolCallId, confirmed }]);
  const fields = { session_id: run.sessionId, stream: "false", tools };
  return ask(`${url}${pathOf(run)}/continue`, { fields });
}
