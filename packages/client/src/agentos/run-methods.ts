/** Runs of agents, and of a Python AgentOS's teams: with their answer, or as a stream that outlives its connection. */
import type { AnyRunOutput, ROUTES, RouteResult } from "@agentos/contract";
import { isRecord } from "@agentos/contract/text";
import { createEventPosition, type KnownRun } from "../stream/event-position.ts";
import { followRun } from "../stream/follow-run.ts";
import { createRunStream, type RunStream } from "../stream/run-stream.ts";
import type { CallOptions } from "../wire/call-types.ts";
import type { CallerOptions } from "../wire/caller.ts";
import { ClientConfigurationError, ConnectionFault, InvalidInput, withRun } from "../wire/client-errors.ts";
import { requireInteger, requireTime } from "../wire/client-options.ts";
import { readJson } from "../wire/read-body.ts";
import type { Answer, WireRequest } from "../wire/transport.ts";
import { writePath } from "../wire/write-request.ts";
import { type ContinueInput, type RunInput, writeForm } from "./run-input.ts";

/** A run that goes on by itself. */
export type PendingRun = Extract<RouteResult<(typeof ROUTES)["agents.run"]>, { readonly status: "PENDING" }>;

/** Which run. A caller who reaches only their own data names its session. */
export interface RunReference {
  readonly run_id: string;
  readonly session_id?: string | undefined;
}

/** How a run is begun. */
export interface RunOptions extends CallOptions {
  /**
   * Names the request for 24 hours: sent again with the same name, it gets the run that it began first. Default: made up
   * for each call.
   */
  readonly idempotencyKey?: string | undefined;
}

/** How a run is streamed. */
export interface StreamOptions extends Pick<CallOptions, "signal"> {
  /** For the head of each answer, in milliseconds. Default: that of the client. */
  readonly timeoutMs?: number | undefined;
  /**
   * Whether the run is stopped when its caller leaves before its end, by the signal or by leaving the loop. Default false:
   * a run in the background goes on. Any other stops in any case. Before its first event nobody knows which run it is, and it
   * goes on.
   */
  readonly cancelsWhenLeft?: boolean | undefined;
  /**
   * Longest silence of a stream, in milliseconds, heartbeats included: then the connection counts as lost. Default 90,000,
   * three heartbeats, where the stream can be taken up, and else none.
   */
  readonly silenceMs?: number | undefined;
  /** Tries to take up a lost stream, one after the other, without a new event. Default 8. */
  readonly maxResumes?: number | undefined;
  /** Told `false` when a stream that can be taken up is lost, and `true` once it is there again. */
  readonly onConnection?: ((isConnected: boolean) => void) | undefined;
}

/** How a run is begun as a stream. */
export interface RunStreamOptions extends StreamOptions, Pick<RunOptions, "idempotencyKey"> {
  /** The run goes on without its client, and a lost stream is taken up again. Default false. */
  readonly background?: boolean | undefined;
}

/** Runs of one kind. `id` is that of the agent or the team. */
export interface RunMethods {
  /** Runs to the end. Default time: four minutes; Node's own `fetch` waits for five. What takes longer is streamed. */
  run(id: string, input: RunInput, options?: RunOptions): Promise<AnyRunOutput>;
  /**
   * Begins a run in the background and does not wait for it: `follow` gives its events. Where the first answer was lost, and
   * the run had ended when it was asked for again by its name, it is there with its answer.
   */
  start(id: string, input: RunInput, options?: RunOptions): Promise<PendingRun | AnyRunOutput>;
  /**
   * Runs, with every event as it happens. Where a lost stream was taken up, pieces of the answer may be missing: the event
   * that ends the run has all of it.
   */
  stream(id: string, input: RunInput, options?: RunStreamOptions): RunStream;
  /** Answers what a paused run waits for, or continues a completed one, and runs to the end. */
  continueRun(
    id: string,
    run: Pick<RunReference, "run_id">,
    input: ContinueInput,
    options?: CallOptions,
  ): Promise<AnyRunOutput>;
  /** The same with every event as it happens. */
  streamContinued(
    id: string,
    run: Pick<RunReference, "run_id">,
    input: ContinueInput,
    options?: Omit<RunStreamOptions, "idempotencyKey">,
  ): RunStream;
  /** The events of a run that was begun before, from the first one on, or from the one after `last_event_index`. */
  follow(
    id: string,
    run: RunReference & { readonly last_event_index?: number | undefined },
    options?: StreamOptions,
  ): RunStream;
  /** Stops a run. That it is asked to is all that is known then. */
  cancelRun(id: string, run: RunReference, options?: CallOptions): Promise<void>;
}

export interface RunMethodsOptions extends CallerOptions {
  readonly resource: "agents" | "teams" | "workflows";
  readonly maxEventLength: number;
  /** Whether the server knows a request by its `Idempotency-Key`: a Python one does not, and would run it twice. */
  readonly knowsKeys: () => Promise<boolean>;
}

const RUN_MS = 240_000;
const SILENCE_MS = 90_000;
const STREAM_HEADERS = { accept: "text/event-stream, application/json" };

export function createRunMethods(options: RunMethodsOptions): RunMethods {
  const { transport, resource, maxBytes, maxEventLength, knowsKeys, checkAnswer } = options;

  const pathOf = (id: string, runId?: string, action?: string) =>
    writePath(
      `/${resource}/{id}/runs${runId === undefined ? "" : "/{run_id}"}${action === undefined ? "" : `/${action}`}`,
      { parameters: runId === undefined ? { id } : { id, run_id: runId } },
    );
  const never = () => Promise.resolve(false);

  /** A key that this client has made up is nobody else's. */
  const begin = (
    id: string,
    fields: object,
    { idempotencyKey, ...rest }: RunOptions & { readonly idempotencyKey: string },
  ): WireRequest => ({
    method: "POST",
    path: pathOf(id),
    body: writeForm({ ...fields }),
    headers: { "idempotency-key": requireKey(idempotencyKey) },
    ...rest,
    isRepeatable: knowsKeys,
  });

  const readOutput = async ({ response }: Answer): Promise<unknown> => {
    const output = await readJson(response, maxBytes);
    if (isRecord(output) && typeof output["run_id"] === "string" && checkAnswer(`${resource}.run`, output))
      return output;
    throw new ConnectionFault("not-agentos", "the answer is no run of an AgentOS");
  };

  async function beginAndRead(
    id: string,
    fields: RunInput & { readonly stream: false; readonly background?: true },
    { idempotencyKey = makeKey(), ...rest }: RunOptions,
  ): Promise<unknown> {
    try {
      return await transport.exchange(begin(id, fields, { idempotencyKey, ...rest }), readOutput);
    } catch (error) {
      throw withRun(error, { sessionId: fields.session_id || undefined, idempotencyKey });
    }
  }

  async function cancelRun(id: string, { run_id, session_id }: RunReference, call: CallOptions = {}) {
    const { timeoutMs = options.timeoutMs, signal } = call;
    const path = writePath(`/${resource}/{id}/runs/{run_id}/cancel`, {
      parameters: { id, run_id },
      query: { session_id },
    });
    await transport.exchange(
      { method: "POST", path, timeoutMs, signal, isRepeatable: never },
      ({ response }) => {
        void response.body?.cancel().catch(() => undefined);
        return Promise.resolve();
      },
    );
  }

  /** Without `first` the run is known, and its stream is taken up. */
  function toStream(
    id: string,
    first: (() => WireRequest) | undefined,
    known: KnownRun,
    streamed: StreamOptions & { readonly isKept: boolean; readonly idempotencyKey?: string },
  ): RunStream {
    const { signal, timeoutMs = options.timeoutMs, isKept, idempotencyKey } = streamed;
    const {
      silenceMs = isKept ? SILENCE_MS : undefined,
      maxResumes = 8,
      cancelsWhenLeft,
      onConnection,
    } = streamed;
    requireTime("timeoutMs", timeoutMs);
    requireTime("silenceMs", silenceMs);
    const faults = requireInteger("maxResumes", maxResumes, 0);
    if (faults.length > 0) throw new ClientConfigurationError(faults);
    const position = createEventPosition(known);
    const resume = async () =>
      transport.open({
        method: "POST",
        path: pathOf(id, position.runId, "resume"),
        headers: STREAM_HEADERS,
        body: writeForm({ session_id: position.sessionId, last_event_index: position.lastEventIndex }),
        signal,
        timeoutMs,
        // The loop around it does.
        isRepeatable: never,
      });
    return createRunStream({
      position,
      frames: () =>
        followRun({
          transport,
          position,
          open: first && (async () => transport.open(first())),
          canReopen: () => (first?.().isRepeatable ?? never)(),
          resume: isKept ? resume : undefined,
          limits: { maxEventLength, silenceMs },
          maxResumes,
          idempotencyKey,
          signal,
          onConnection,
        }),
      onLeft() {
        const { runId, sessionId } = position;
        if (cancelsWhenLeft !== true || runId === undefined || position.finish().isOver) return;
        // Its caller is gone: nobody is left to be told that it failed.
        cancelRun(id, { run_id: runId, session_id: sessionId }).catch(() => undefined);
      },
    });
  }

  return {
    cancelRun,
    run: async (id, input, { timeoutMs = RUN_MS, ...rest } = {}) =>
      (await beginAndRead(id, { ...input, stream: false }, { timeoutMs, ...rest })) as AnyRunOutput,
    start: async (id, input, { timeoutMs = options.timeoutMs, ...rest } = {}) =>
      (await beginAndRead(id, { ...input, stream: false, background: true }, { timeoutMs, ...rest })) as
        | PendingRun
        | AnyRunOutput,
    stream(id, input, { background = false, idempotencyKey = makeKey(), ...rest } = {}) {
      const { signal, timeoutMs = options.timeoutMs } = rest;
      const first = () => {
        const request = begin(
          id,
          { ...input, stream: true, background },
          { signal, timeoutMs, idempotencyKey },
        );
        return { ...request, headers: { ...request.headers, ...STREAM_HEADERS } };
      };
      return toStream(
        id,
        first,
        { sessionId: input.session_id || undefined },
        { ...rest, idempotencyKey, isKept: background },
      );
    },
    continueRun: async (id, run, input, { timeoutMs = RUN_MS, signal } = {}) =>
      (await transport.exchange(
        {
          method: "POST",
          path: pathOf(id, run.run_id, "continue"),
          body: writeForm({ ...input, stream: false }),
          signal,
          timeoutMs,
          isRepeatable: never,
        },
        readOutput,
      )) as AnyRunOutput,
    streamContinued(id, run, input, { background = false, ...rest } = {}) {
      const { signal, timeoutMs = options.timeoutMs } = rest;
      const first = (): WireRequest => ({
        method: "POST",
        path: pathOf(id, run.run_id, "continue"),
        headers: STREAM_HEADERS,
        body: writeForm({ ...input, stream: true, background }),
        signal,
        timeoutMs,
        isRepeatable: never,
      });
      return toStream(
        id,
        first,
        { sessionId: input.session_id || undefined },
        { ...rest, isKept: background },
      );
    },
    follow: (id, { run_id, session_id, last_event_index }, rest = {}) =>
      toStream(
        id,
        undefined,
        { runId: run_id, sessionId: session_id, lastEventIndex: last_event_index },
        { ...rest, isKept: true },
      ),
  };
}

/** What a header can carry; what else a key must be, the server says. */
function requireKey(key: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new InvalidInput([
    {
      location: ["header", "idempotency-key"],
      message: "must be 1 to 255 visible ASCII characters",
      type: "value_error",
    },
  ]);
}

/** `randomUUID` is not there in a page that is no secure context. */
function makeKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `client-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
