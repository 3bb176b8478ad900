/**
 * What can go wrong with a request, as three kinds of error; switch on `kind`. All text in them that a server wrote is
 * bounded, and without the credential that the request carried. It is that server's word: show it as such.
 */

/** What was asked when it went wrong. */
export interface SentRequest {
  /** Which client sent it. Their addresses alone tell nobody: an AgentOS may be said to be at that of the control plane. */
  readonly server: "agentos" | "control-plane";
  /** Where the server is, without a slash at the end. */
  readonly baseUrl: string;
  readonly method: string;
  /** Below it, without its query. */
  readonly path: string;
}

interface ServerWords {
  /** HTTP status. */
  readonly status: number;
  /** Of our catalogue, such as `SCOPE_MISSING`; undefined where the server sent none, as a Python AgentOS does. */
  readonly code?: string | undefined;
  /** One line for a person. */
  readonly title?: string | undefined;
  /** The sentence that every AgentOS sends. */
  readonly detail: string;
  /** What to do next. */
  readonly fix?: string | undefined;
  /** Names the record that the operator can look up. */
  readonly denialId?: string | undefined;
  /** With 403 for scopes: all that the route asks for. */
  readonly requiredScopes?: readonly string[] | undefined;
  /** With 403 for scopes: those of them that the caller lacks. */
  readonly missingScopes?: readonly string[] | undefined;
  /** From `Retry-After`, in seconds. */
  readonly retryAfterSeconds?: number | undefined;
  /** The `Date` header, which a browser shows of servers that expose it. */
  readonly date?: string | undefined;
}

/** A server understood the request and did not do it: a refusal, a limit, a conflict, or something that is not there. */
export class AgentOSRefusal extends Error {
  readonly kind = "refusal";
  readonly status: number;
  readonly code: string | undefined;
  readonly title: string | undefined;
  readonly detail: string;
  readonly fix: string | undefined;
  readonly denialId: string | undefined;
  readonly requiredScopes: readonly string[];
  readonly missingScopes: readonly string[];
  readonly retryAfterSeconds: number | undefined;
  readonly date: string | undefined;
  /** Undefined where none was sent. */
  request: SentRequest | undefined;
  /** The answer has what only our servers send. False proves nothing: some answers of ours have a `detail` alone. */
  readonly isOurs: boolean;

  constructor(words: ServerWords) {
    super(words.title ?? words.detail);
    this.name = "AgentOSRefusal";
    this.status = words.status;
    this.code = words.code;
    this.title = words.title;
    this.detail = words.detail;
    this.fix = words.fix;
    this.denialId = words.denialId;
    this.requiredScopes = words.requiredScopes ?? [];
    this.missingScopes = words.missingScopes ?? [];
    this.retryAfterSeconds = words.retryAfterSeconds;
    this.date = words.date;
    this.isOurs = words.code !== undefined || words.fix !== undefined;
  }
}

/** One fault of what was sent. */
export interface InputIssue {
  /** Where: `body`, `query`, `path` or `header`, then the names below it. */
  readonly location: readonly (string | number)[];
  /** For people. */
  readonly message: string;
  /** Kind of fault, such as `missing`. */
  readonly type: string;
}

/** Something that was sent cannot be used: status 422, or a value with which no request could be written. */
export class InvalidInput extends Error {
  readonly kind = "invalid-input";
  readonly status = 422;
  /** At least one. */
  readonly issues: readonly InputIssue[];
  /** Undefined where none was sent: the value did not get that far. */
  request: SentRequest | undefined;

  constructor(issues: readonly InputIssue[]) {
    super(issues.map(({ location, message }) => `${location.join(".")}: ${message}`).join("; "));
    this.name = "InvalidInput";
    this.issues = issues;
  }
}

/** Why there is no answer that could be read. */
export type ConnectionReason =
  /** No connection, or it was lost: the server is down, the name is wrong, or a browser's rules stand between. */
  | "unreachable"
  /** No answer in time. */
  | "timed-out"
  /** The caller's own signal. */
  | "aborted"
  /** The answer leads elsewhere, where no credential is ever sent. */
  | "redirected"
  /** The answer is not what an AgentOS says: a page of a proxy, or another server. */
  | "not-agentos"
  /** The answer is larger than this client reads. */
  | "too-large"
  /** The stream of a run ended before the run did, and could not be taken up again. */
  | "stream-lost"
  /** `getToken` failed, or gave no token that could be sent. */
  | "no-token";

interface LostRun {
  readonly runId: string | undefined;
  readonly sessionId: string | undefined;
  readonly lastEventIndex: number | undefined;
  /** Name of the request that began it: sent again with it, an AgentOS of ours gives that run. */
  readonly idempotencyKey: string | undefined;
}

/** There is no answer that could be read. */
export class ConnectionFault extends Error {
  readonly kind = "connection";
  readonly reason: ConnectionReason;
  /** The run that may have begun, or may go on, as far as it is known. */
  readonly run: LostRun | undefined;
  /** Undefined where none was written. */
  request: SentRequest | undefined;

  constructor(
    reason: ConnectionReason,
    message: string,
    options: { readonly cause?: unknown; readonly run?: LostRun } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = "ConnectionFault";
    this.reason = reason;
    this.run = options.run;
  }
}

/** A request that began a run, and has no answer: with what is known of the run, which may have begun. */
export function withRun(error: unknown, known: Partial<LostRun>): unknown {
  if (!(error instanceof ConnectionFault) || error.run !== undefined) return error;
  if (!["unreachable", "timed-out", "aborted"].includes(error.reason)) return error;
  const { runId, sessionId, lastEventIndex, idempotencyKey } = known;
  const run = { runId, sessionId, lastEventIndex, idempotencyKey };
  return new ConnectionFault(error.reason, error.message, { cause: error.cause, run });
}

/** Any error that a call throws; switch on `kind`. */
export type ClientError = AgentOSRefusal | InvalidInput | ConnectionFault;

/** Whether something that was caught is one of these. */
export function isClientError(error: unknown): error is ClientError {
  return error instanceof AgentOSRefusal || error instanceof InvalidInput || error instanceof ConnectionFault;
}

/** Options that cannot work, of a client or of one call: all faults at once. Nothing was sent. */
export class ClientConfigurationError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(["the options cannot work:", ...faults.map((fault) => `  ${fault}`)].join("\n"));
    this.name = "ClientConfigurationError";
    this.faults = faults;
  }
}
