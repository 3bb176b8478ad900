/**
 * The events of a run, from its first answer on: when the connection is lost, and the run goes on without it, the stream is
 * taken up again where it was, with waits that grow. Nothing is given twice.
 */
import { AgentOSRefusal, ConnectionFault, withRun } from "../wire/client-errors.ts";
import { retryDelayMs } from "../wire/retry.ts";
import { backoffMs, orAborted } from "../wire/runtime.ts";
import type { Answer, Transport } from "../wire/transport.ts";
import type { EventPosition } from "./event-position.ts";
import { type Frame, readFrames } from "./read-frames.ts";

export interface FollowOptions {
  readonly transport: Transport;
  readonly position: EventPosition;
  /** Opens the first answer; undefined: the run is known, and its stream is taken up at once. */
  readonly open: (() => Promise<Answer>) | undefined;
  /** Whether the first request may be sent again, as long as the run is not known. */
  readonly canReopen: () => Promise<boolean>;
  /** Takes the stream up again; undefined: the run does not go on without its client. */
  readonly resume: (() => Promise<Answer>) | undefined;
  readonly limits: {
    /** Longest event, in characters. */
    readonly maxEventLength: number;
    /** Longest silence, in milliseconds; undefined: as long as it takes. */
    readonly silenceMs: number | undefined;
  };
  /** Tries to take it up, one after the other, without a new event. */
  readonly maxResumes: number;
  /** The name of the request that began the run. */
  readonly idempotencyKey: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Told false when the connection is lost and taken up again, and true when it is there again. */
  readonly onConnection: ((isConnected: boolean) => void) | undefined;
}

/** Say where the stream stands, and are no events of the run. */
const CONTROL = new Set(["catch_up", "subscribed", "replay"]);

/** A server that does not close after such an event is not waited for longer, in milliseconds. */
const GRACE_MS = 5_000;

export async function* followRun(options: FollowOptions): AsyncGenerator<Frame, undefined> {
  const { position, transport, open, resume, maxResumes, signal, idempotencyKey } = options;
  let isFirst = open !== undefined;
  /** The server has answered once: from then on a fault of the connection is a loss, and no reason to give up. */
  let isKnown = open === undefined;
  let isLost = false;
  for (let failures = 0; ; failures += 1) {
    let lost: unknown;
    try {
      const answer = await openNext(isFirst);
      isKnown = true;
      if (isLost) options.onConnection?.(true);
      isLost = false;
      position.begin(isFirst ? "first" : "resumed");
      for await (const frame of readAnswer(answer, options)) {
        failures = 0;
        yield frame;
      }
      const { isOver, heldBack } = position.finish();
      if (heldBack !== undefined) yield heldBack;
      if (isOver) return undefined;
    } catch (error) {
      if (!isKnown) throw withRun(error, { idempotencyKey });
      if (!isLoss(error)) throw error;
      lost = error;
    }
    if (resume === undefined || failures >= maxResumes)
      throw lostFault(position, { cause: lost, idempotencyKey });
    // It was lost before its first event: the request by its name begins the run, or finds it.
    isFirst = position.runId === undefined;
    if (isFirst && !(await orAborted(options.canReopen(), signal)))
      throw lostFault(position, { cause: lost, idempotencyKey });
    const asked = lost === undefined ? undefined : retryDelayMs(lost, failures, transport.runtime);
    // The server asks for more time than is waited here.
    if (asked === undefined && lost instanceof AgentOSRefusal) throw lost;
    if (!isLost) options.onConnection?.(false);
    isLost = true;
    await transport.runtime.wait(asked ?? backoffMs(failures, transport.runtime), signal);
  }

  async function openNext(first: boolean): Promise<Answer> {
    const opener = first ? open : resume;
    if (opener === undefined) throw lostFault(position, { cause: undefined, idempotencyKey });
    return opener();
  }
}

/** Gives what is new. Ends with the run, or where the answer ends; what was lost after an end of the run is no loss. */
async function* readAnswer(
  answer: Answer,
  { position, limits, transport }: FollowOptions,
): AsyncGenerator<Frame, undefined> {
  const { attempt } = answer;
  try {
    const { clock } = transport.runtime;
    let overSinceMs: number | undefined;
    // From the end on, whatever else is sent: a proxy may keep the connection alive by itself.
    const patience = () => {
      overSinceMs = position.finish().isOver ? (overSinceMs ?? clock()) : undefined;
      return overSinceMs === undefined ? limits.silenceMs : Math.max(overSinceMs + GRACE_MS - clock(), 0);
    };
    for await (const frame of readFrames(answer, { maxEventLength: limits.maxEventLength, patience })) {
      if (frame.event === "error") throw streamRefusal(frame, answer);
      if (CONTROL.has(frame.event)) continue;
      const { isNew, isLast } = position.take(frame);
      if (isNew) yield frame;
      if (isLast) return undefined;
    }
    return undefined;
  } catch (error) {
    const explained = attempt.explain(error);
    const isAborted = explained instanceof ConnectionFault && explained.reason === "aborted";
    if (!isAborted && position.finish().isOver && isLoss(explained)) return undefined;
    throw explained;
  } finally {
    attempt.close();
  }
}

/** A frame that says why the stream ends: there is no such run, or what is kept of it is damaged. */
function streamRefusal({ error }: Frame, { hide }: Answer): AgentOSRefusal {
  const detail = typeof error === "string" ? hide(error).slice(0, 2_000) : "The stream ends with an error";
  // That of the answer was 200; these are what a plain answer would have.
  return new AgentOSRefusal({ status: /\bnot found\b/i.test(detail) ? 404 : 500, detail });
}

/** Whether the connection is what failed, or a server that has no room at the moment. */
function isLoss(error: unknown): boolean {
  if (error instanceof ConnectionFault) return error.reason === "unreachable" || error.reason === "timed-out";
  return error instanceof AgentOSRefusal && [429, 502, 503, 504].includes(error.status);
}

function lostFault(
  { runId, sessionId, lastEventIndex }: EventPosition,
  { cause, idempotencyKey }: { readonly cause: unknown; readonly idempotencyKey: string | undefined },
): ConnectionFault {
  return new ConnectionFault(
    "stream-lost",
    "the stream of the run ended before the run did, and could not be taken up again",
    { cause, run: { runId, sessionId, lastEventIndex, idempotencyKey } },
  );
}
