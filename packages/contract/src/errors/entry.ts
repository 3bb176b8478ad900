/**
 * The shape of one catalogue entry. Two kinds: a refusal answers a request, a fault stops a start.
 *
 * `{name}` in `detail`, `fix` and `title` is replaced by the fact of that name. A refusal may only show the
 * facts that its entry lists in `publicFacts`, so nothing unverified can reach a caller by accident.
 */

/** HTTP status of a refusal from authentication or authorization; 400 is that of a refused preflight. */
export type RefusalStatus = 400 | 401 | 403 | 429 | 503;

/**
 * What `WWW-Authenticate` says (RFC 6750 section 3): `bare` has no error code because no credential was sent,
 * `none` sends no challenge at all.
 */
export type Challenge = "none" | "bare" | "invalid_request" | "invalid_token" | "insufficient_scope";

/** The checks of a request, in the order in which they run (design.md section 4). */
export const STAGES = [
  "loopback",
  "credential",
  "origin",
  "shape",
  "header",
  "key",
  "signature",
  "claims",
  "expiration",
  "not-before",
  "issued-at",
  "lifetime",
  "issuer",
  "type",
  "audience",
  "subject",
  "revocation",
  "scopes",
  "isolation",
] as const;

/** One check of a request. */
export type Stage = (typeof STAGES)[number];

/** The checks of a token's claims, once its signature holds. */
export const CLAIM_STAGES: readonly Stage[] = STAGES.slice(
  STAGES.indexOf("claims"),
  STAGES.indexOf("revocation"),
);

/** All checks of a token itself: those before the signature, the signature, and the claims. */
export const TOKEN_STAGES: readonly Stage[] = STAGES.slice(
  STAGES.indexOf("shape"),
  STAGES.indexOf("revocation"),
);

/** A request refused: an answer, not an exception. */
export interface RefusalEntry {
  readonly kind: "refusal";
  /** The check that refused. */
  readonly stage: Stage;
  /** HTTP status of the answer. */
  readonly status: RefusalStatus;
  /** What `WWW-Authenticate` says. */
  readonly challenge: Challenge;
  /** Sent as `Retry-After`, where waiting helps. */
  readonly retryAfterSeconds?: number;
  /** Where it is met, as a noun phrase, where that is not an answer of HTTP with its status. */
  readonly seenAs?: string;
  /** One line for a person: lower-case start, no final full stop. */
  readonly title: string;
  /** The contract's string, word for word where the contract has one. */
  readonly detail: string;
  /** What to do next. `{cli}` is the operator's own command. */
  readonly fix: string;
  /** Facts that the caller may see; every other fact is for the denial record only. */
  readonly publicFacts: readonly string[];
  /** Shown instead of the code when telling the exact cause would help an attacker. */
  readonly publicCode?: string;
  /** First version of this product that has the code. */
  readonly since: string;
}

/** A configuration that cannot work (`severity: "error"` stops the start) or should not (`"warning"` is printed). */
export interface FaultEntry {
  readonly kind: "fault";
  /** `error` stops the start, `warning` is printed at every one. */
  readonly severity: "error" | "warning";
  /** Where it is met, as a noun phrase, where that is not the start. */
  readonly seenAs?: string;
  /** One line for a person: lower-case start, no final full stop. */
  readonly title: string;
  /** What to do next. */
  readonly fix: string;
  /** First version of this product that has the code. */
  readonly since: string;
}

/** A finer cause than a refusal's code can name: what a diagnosis finds with the token and the configuration beside it. */
export interface CauseEntry {
  readonly kind: "cause";
  /** One line for a person: lower-case start, no final full stop. */
  readonly title: string;
  /** What to do next. */
  readonly fix: string;
  /** First version of this product that has the code. */
  readonly since: string;
}

/**
 * An allowed request that there is no room for: an answer, not an exception. Its facts are the `limit` and, where a text
 * names them, how much the request `needed` and its `field`.
 */
export interface LimitEntry {
  readonly kind: "limit";
  /** 429: the caller takes too much; 503: the server has too little; 413: the request is too large; 414: its address is. */
  readonly status: 413 | 414 | 429 | 503;
  /** The texts give numbers of bytes in this unit, which is that of the option. Undefined: numbers as they are. */
  readonly unit?: "MiB";
  /** Sent as `Retry-After`, where waiting helps. */
  readonly retryAfterSeconds?: number;
  /** Where it is met, as a noun phrase, where that is not an answer of HTTP with its status. */
  readonly seenAs?: string;
  /** One line for a person: lower-case start, no final full stop. */
  readonly title: string;
  /** What existing clients show. */
  readonly detail: string;
  /** What to do next. */
  readonly fix: string;
  /** First version of this product that has the code. */
  readonly since: string;
}

/**
 * A request to the control plane that is allowed and in order, and cannot be done as it was asked: an answer, not an
 * exception.
 */
export interface RejectionEntry {
  readonly kind: "rejection";
  /** 401: not signed in by it; 404: nothing there; 409: what is there stands against it. */
  readonly status: 401 | 403 | 404 | 409 | 422;
  /** One line for a person: lower-case start, no final full stop. */
  readonly title: string;
  /** One sentence for whoever shows nothing else. */
  readonly detail: string;
  /** What to do next. */
  readonly fix: string;
  /** First version of this product that has the code. */
  readonly since: string;
}

/** Any entry; switch on `kind`. */
export type ErrorEntry = RefusalEntry | FaultEntry | CauseEntry | LimitEntry | RejectionEntry;

/** Values for the `{name}` places of an entry. */
export type Facts = Readonly<Record<string, string | number | boolean | readonly string[]>>;
