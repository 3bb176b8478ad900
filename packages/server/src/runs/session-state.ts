/** The state of a session: JSON, bounded in bytes, kept once. A run works on a copy and gives it back at its end. */
import { fail, ok, type Result } from "@agentos/auth";
import { isRecord } from "@agentos/contract";
import { mayHoldToken, redactTokensDeep } from "@agentos/guard";
import type { LimitFault } from "./run-ledger.ts";
import { MAX_SESSION_STATE_BYTES } from "./run-limits.ts";
import { type RunContext, RunFailure } from "./runnable.ts";
import type { SessionState } from "./store.ts";

export interface StartingState {
  readonly state: SessionState;
  /** A copy that is the run's to change. */
  readonly copy: Record<string, unknown>;
  /** Of its JSON text. */
  readonly bytes: number;
}

/** State that a run starts with: the session's, over it what the run brings. */
export function mergeState(ofSession: SessionState, ofRun: SessionState): Result<StartingState, LimitFault> {
  const text = JSON.stringify({ ...ofSession, ...ofRun });
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_SESSION_STATE_BYTES)
    return fail({ code: "RUN_STATE_TOO_LARGE", limit: MAX_SESSION_STATE_BYTES });
  return ok({ state: parseState(text), copy: parseState(text), bytes });
}

/**
 * State that a run leaves. Tools may have put anything into it; only JSON travels. Throws a {@link RunFailure} where it
 * has outgrown its limit.
 */
export function readState({ sessionState, logger, runId }: RunContext): SessionState {
  let text: string | undefined;
  try {
    text = JSON.stringify(sessionState);
  } catch (cause) {
    logger.warn({ run_id: runId, cause }, "session state is not JSON and was dropped");
  }
  if (text === undefined) return {};
  if (Buffer.byteLength(text) > MAX_SESSION_STATE_BYTES)
    throw new RunFailure(`The session state is larger than ${MAX_SESSION_STATE_BYTES} bytes`, {
      errorType: "session_state_limit",
    });
  return parseState(text);
}

/** A state that holds no token and is nobody else's. */
function parseState(json: string): Record<string, unknown> {
  if (json === "{}") return {};
  const value: unknown = JSON.parse(json);
  if (!isRecord(value)) return {};
  return mayHoldToken(json) ? redactTokensDeep({ ...value }) : { ...value };
}
