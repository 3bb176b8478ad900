/**
 * Whether a request that could not start is asked again, and after how long. A provider says so with the SDK's
 * `APICallError`, which is recognised by its marker: each provider package may bring its own copy of the class.
 */
import { APICallError } from "@ai-sdk/provider";

/** Bounds, and what comes from outside so that a test waits for nothing. */
export interface RetryPolicy {
  /** Requests after the first one. */
  readonly maxRetries: number;
  /** Milliseconds before the first of them; doubled for each further one. */
  readonly firstDelay: number;
  /** Longest wait in milliseconds, also when the provider asks for more. */
  readonly maxDelay: number;
  /** Rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to 1: spreads the requests of many runs that were refused together. */
  readonly random: () => number;
}

/** Failures of the connection itself, for a provider that does not wrap them. */
const NETWORK_CODES: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_SOCKET",
]);

/** Milliseconds to wait before the request is made again, or in words for the log why it is not. */
export type RetryDecision = { readonly delay: number } | { readonly notRetried: string };

/**
 * `attempt` counts from 0, `now` in seconds since 1970. A wait that the provider asks for and that is over the bound ends
 * the run now: asking sooner than told would only be refused again.
 */
export function decideRetry(
  cause: unknown,
  attempt: number,
  { policy, now }: { readonly policy: RetryPolicy; readonly now: number },
): RetryDecision {
  if (!isRetryable(cause)) return { notRetried: describeFinal(cause) };
  if (attempt >= policy.maxRetries) return { notRetried: `"maxRetries" is ${policy.maxRetries}` };
  const asked = APICallError.isInstance(cause) ? readRetryAfter(cause.responseHeaders, now) : undefined;
  if (asked === undefined) {
    const delay = Math.min(policy.firstDelay * 2 ** attempt, policy.maxDelay);
    return { delay: Math.round(delay * (0.75 + policy.random() / 4)) };
  }
  if (asked <= policy.maxDelay) return { delay: asked };
  const [wanted, most] = [asked, policy.maxDelay].map((ms) => Math.ceil(ms / 1_000));
  return { notRetried: `the provider asks for ${wanted} s, at most ${most} s are waited` };
}

function describeFinal(cause: unknown): string {
  if (!APICallError.isInstance(cause)) return "it is no failure of the connection";
  return cause.statusCode === undefined
    ? "the provider's package says that the same request would fail again"
    : `the same request would fail again: the provider answered with the status ${cause.statusCode}`;
}

function isRetryable(cause: unknown): boolean {
  if (APICallError.isInstance(cause)) return cause.isRetryable;
  for (let error = cause, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth += 1) {
    if ("code" in error && NETWORK_CODES.has(error.code)) return true;
  }
  return false;
}

function readRetryAfter(
  headers: Readonly<Record<string, string>> | undefined,
  now: number,
): number | undefined {
  const find = (name: string) =>
    Object.entries(headers ?? {}).find(([candidate]) => candidate.toLowerCase() === name)?.[1];
  const exact = readNumber(find("retry-after-ms"));
  if (exact !== undefined) return exact;
  const text = find("retry-after");
  const seconds = readNumber(text);
  if (seconds !== undefined) return seconds * 1_000;
  return text !== undefined && HTTP_DATE.test(text) ? Math.max(0, Date.parse(text) - now * 1_000) : undefined;
}

/** `Date.parse` alone would take "-1" for a day in 2001. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Not `Number(text)`: that reads "" as 0 and takes "0x10". */
function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d{1,12}(\.\d{1,6})?\s*$/.test(text) ? Number(text) : undefined;
}
