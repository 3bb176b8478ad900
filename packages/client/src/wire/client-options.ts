/** Options that the clients share, with their defaults; read once, all faults at once. */
import { type BaseUrl, parseBaseUrl } from "./base-url.ts";
import { ClientConfigurationError } from "./client-errors.ts";
import { type ClientRuntime, createRuntime } from "./runtime.ts";

/** Whether the answer of a route, by its id, is what it should be. */
export type CheckAnswer = (id: string, answer: unknown) => boolean;

/** Options of every client. */
export interface ClientOptions extends Partial<ClientRuntime> {
  /** Scheme, host, port, and the path that the server is mounted at. */
  readonly baseUrl: string;
  /** For a whole answer that is no stream, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Tries after the first one, of what may safely be sent again. Default 2. */
  readonly retries?: number | undefined;
  /** Longest answer that is read, in bytes. Default 32 MiB. */
  readonly maxBytes?: number | undefined;
  /**
   * Looks at each answer before it is given; false makes it a `ConnectionFault` with the reason `not-agentos`. Default: that
   * lists are lists and objects are objects is all that is looked at. `@agentos/client/schemas` has checks by the whole
   * schema, which bring zod along; for an AgentOS of ours only, since a Python one leaves things out.
   */
  readonly checkAnswer?: CheckAnswer | undefined;
}

export interface ReadClientOptions {
  readonly base: BaseUrl;
  readonly runtime: ClientRuntime;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly maxBytes: number;
  readonly checkAnswer: CheckAnswer;
}

/** `more` are the faults of what one client has beside these. */
export function readClientOptions(options: ClientOptions, more: readonly string[]): ReadClientOptions {
  const {
    baseUrl,
    timeoutMs = 30_000,
    retries = 2,
    maxBytes = 32 * 1024 * 1024,
    checkAnswer = () => true,
  } = options;
  const base = parseBaseUrl(baseUrl);
  const faults = [
    ...(typeof base === "string" ? [base] : []),
    ...requireInteger("timeoutMs", timeoutMs, 1),
    ...requireInteger("retries", retries, 0),
    ...requireInteger("maxBytes", maxBytes, 1),
    ...more,
  ];
  if (typeof base === "string" || faults.length > 0) throw new ClientConfigurationError(faults);
  return { base, runtime: createRuntime(options), timeoutMs, retries, maxBytes, checkAnswer };
}

/** Of one call, in milliseconds: throws where it can be no time. Infinite, or undefined: as long as it takes. */
export function requireTime(name: string, ms: number | undefined): void {
  if (ms === undefined || ms === Number.POSITIVE_INFINITY) return;
  const faults = requireInteger(name, ms, 1);
  if (faults.length > 0) throw new ClientConfigurationError(faults);
}

/** The fault, where the value is no whole number from `least` on. */
export function requireInteger(name: string, value: number, least: number): readonly string[] {
  // Timers of more than 31 bits fire at once.
  return Number.isInteger(value) && value >= least && value < 2 ** 31
    ? []
    : [`"${name}" is ${String(value)}: it must be a whole number from ${least} to ${2 ** 31 - 1}`];
}
