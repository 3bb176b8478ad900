/** After what, and when, a request is sent again. Whether that is safe says the request. */
import { AgentOSRefusal, ConnectionFault } from "./client-errors.ts";
import { backoffMs, type ClientRuntime } from "./runtime.ts";

/** A server that asks for more is left alone: the caller learns the time, and decides. */
const MOST_RETRY_AFTER_SECONDS = 30;

/** Too many requests; a server, or a proxy before it, that is not there at the moment. */
const PASSING = [429, 502, 503, 504];

/** Milliseconds to wait; undefined: it is not sent again. A credential that is refused stays refused. */
export function retryDelayMs(
  error: unknown,
  attempt: number,
  runtime: Pick<ClientRuntime, "random">,
): number | undefined {
  if (error instanceof ConnectionFault)
    return error.reason === "unreachable" ? backoffMs(attempt, runtime) : undefined;
  if (!(error instanceof AgentOSRefusal) || !PASSING.includes(error.status)) return undefined;
  const { retryAfterSeconds } = error;
  if (retryAfterSeconds === undefined) return backoffMs(attempt, runtime);
  return retryAfterSeconds > MOST_RETRY_AFTER_SECONDS
    ? undefined
    : Math.max(retryAfterSeconds * 1_000, backoffMs(attempt, runtime));
}
