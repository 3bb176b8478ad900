/** The state of a session: JSON, bounded in bytes, kept once. A run works on a copy and gives it back at its end. */
import { fail, ok, type Result } from "@agentos/auth";
import { isRecord } from "@agentos/contract";
import { mayHoldToken, redactTokensDeep } from "@agentos/guard";
import type { LimitFault } from "@agentos/guard/app";
import { MAX_SESSION_STATE_BYTES } from "./run-limits.ts";
import { type RunContext, RunFailure } from "./runnable.ts";
import type { SessionState, StateChange } from "./store.ts";

export interface StartingState {
  readonly json: string;
  /** From the session's state to it; undefined where they are the same. */
  readonly change: StateChange | undefined;
  /** The run's own, to change. */
  readonly state: Record<string, unknown>;
  /** Of the JSON text. */
  readonly bytes: number;
}

/** State that a run starts with: the session's, over it what the run brings. */
export function mergeState(ofSession: SessionState, ofRun: SessionState): Result<StartingState, LimitFault> {
  const { json } = withoutTokens({ ...ofSession, ...ofRun });
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_SESSION_STATE_BYTES)
    return fail({ code: "RUN_STATE_TOO_LARGE", limit: MAX_SESSION_STATE_BYTES });
  const before = JSON.stringify(ofSession);
  const state: unknown = json === "{}" ? {} : JSON.parse(json);
  return ok({ json, change: changeBetween(before, json), state: isRecord(state) ? { ...state } : {}, bytes });
}

/**
 * State that a run leaves, as JSON text; `startJson` where it is no JSON. Tools may have put anything into it. Throws a
 * {@link RunFailure} where it has outgrown its limit.
 */
export function readState({ sessionState, logger, runId }: RunContext, startJson: string): string {
  try {
    JSON.stringify(sessionState);
  } catch (cause) {
    logger.warn(
      { run_id: runId, cause },
      "session state is not JSON, so the run's changes to it are dropped",
    );
    return startJson;
  }
  const { json } = withoutTokens(sessionState);
  if (Buffer.byteLength(json) <= MAX_SESSION_STATE_BYTES) return json;
  throw new RunFailure(`The session state is larger than ${MAX_SESSION_STATE_BYTES} bytes`, {
    errorType: "session_state_limit",
  });
}

/** What a run has changed, key by key: what other runs of the session have changed meanwhile stays. Undefined for nothing. */
export function changeBetween(startJson: string, endJson: string): StateChange | undefined {
  if (startJson === endJson) return undefined;
  return (json) => {
    if (json === startJson) return endJson;
    const [start, end, now] = [parse(startJson), parse(endJson), parse(json)];
    for (const key of new Set([...Object.keys(start), ...Object.keys(end)])) {
      if (!Object.hasOwn(end, key)) delete now[key];
      else if (JSON.stringify(start[key]) !== JSON.stringify(end[key])) now[key] = end[key];
    }
    const merged = JSON.stringify(now);
    // Together they may be too large; then the run that ends last has its way.
    return Buffer.byteLength(merged) > MAX_SESSION_STATE_BYTES ? endJson : merged;
  };
}

/** A state as an object without a prototype: a key may be named `__proto__`. */
function parse(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json);
  return Object.assign(Object.create(null) as Record<string, unknown>, isRecord(value) ? value : {});
}

/**
 * A value in which nothing is a token any more, and its JSON text. Most values hold none, which their text tells; and
 * whatever is no JSON, such as a cycle, is replaced by a short text. Does not throw.
 */
export function withoutTokens<Value extends object>(
  value: Value,
): { readonly value: Value; readonly json: string } {
  let json: string;
  try {
    json = JSON.stringify(value);
  } catch {
    const readable = redactTokensDeep(value);
    return { value: readable, json: JSON.stringify(readable) };
  }
  if (!mayHoldToken(json)) return { value, json };
  // INVARIANT: a value and its JSON are read alike by whoever takes the JSON.
  const redacted = redactTokensDeep(JSON.parse(json) as Value);
  return { value: redacted, json: JSON.stringify(redacted) };
}
