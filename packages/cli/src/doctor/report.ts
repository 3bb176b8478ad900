/** What the doctor finds, as plain data. Texts of a remote server are in `serverSaid` and nowhere else. */
import type { Cause, CheckedToken, CompiledRoute, KnownServer } from "@agentos/auth";
import type { MatchedRoute } from "../scopes/route-table.ts";

/** What keys that were given beside a token say about it. */
export interface CheckedWithKeys extends CheckedToken {
  /** The form of a given secret that the token is signed with, in words, where it is not the secret as given. */
  readonly fittingForm?: string | undefined;
}

export interface DoctorRequest {
  readonly method: string;
  readonly path: string;
  /** Undefined for a route that is not of the contract. */
  readonly matched: MatchedRoute | undefined;
}

/** A request with the token that an AgentOS has answered. */
export interface AnsweredRequest {
  /** `METHOD /path`. */
  readonly name: string;
  readonly isLetIn: boolean;
  /** Why not. */
  readonly findings: readonly Finding[];
}

/** One finding; an error is why requests fail, a warning is worth a look. */
export interface Finding extends Cause {
  readonly level: "error" | "warning";
  /** Where it showed: a check, such as `GET /agents with the token`, or a variable. */
  readonly seenAt: readonly string[];
  /** The server's own words, as plain text. */
  readonly serverSaid?: string | undefined;
  /** Under which the server has recorded the refusal. */
  readonly denialId?: string | undefined;
  /** An error for which nothing was refused here: whether the request passes stays open, and the exit status says so. */
  readonly leavesOpen?: true;
}

/** Of a place that no token was sent to. */
export const UNASKED = { isTokenChecked: false, isAccepted: false, tokenRows: [], answers: [] } as const;

export interface Check {
  readonly name: string;
  readonly outcome: "ok" | "failed" | "unknown";
  /** What was seen, in a few words. */
  readonly text: string;
}

/** What two machines are compared by; undefined: not told. */
export interface Traits {
  readonly mode?: string | undefined;
  readonly version?: string | undefined;
  readonly osId?: string | undefined;
  /** Where the token is read. */
  readonly tokenIn?: string | undefined;
  readonly algorithms?: string | undefined;
  readonly audience?: string | undefined;
  readonly keys?: string | undefined;
  readonly repaired?: string | undefined;
  /** Difference to this machine's clock, in seconds; undefined without a `Date`. */
  readonly clockSeconds?: number | undefined;
}

/** What a token says beside what a place expects of it. */
export interface TokenRow {
  readonly what: string;
  /** As anybody could have written it: unverified. */
  readonly token: string;
  /** Undefined: not told. */
  readonly expected: string | undefined;
  readonly outcome: "fits" | "differs" | "not told";
}

/** One place that was examined: this environment, a configuration file, a running server, or what one has answered. */
export interface Examined {
  readonly kind: "environment" | "config" | "url" | "answer" | "denial";
  /** For people: `this environment`, the file, the URL, `the pasted answer`. */
  readonly name: string;
  readonly summary: string;
  readonly server: KnownServer | undefined;
  /** Of a configuration: every route with the access in force. */
  readonly routes?: readonly CompiledRoute[] | undefined;
  readonly traits: Traits;
  readonly checks: readonly Check[];
  /** A request was let in with the token, and the same without it was not. */
  readonly isTokenChecked: boolean;
  /** Every request that was asked about was sent and let in, and the token is why (or the place is open to everybody). */
  readonly isAccepted: boolean;
  /** Why that is not so, where no finding says it. */
  readonly openQuestion?: string | undefined;
  /** The token was let in, and none of its scopes opens a route: in a sentence. */
  readonly opensNothing?: string | undefined;
  /** Empty where there is no token, or nothing to compare it with. */
  readonly tokenRows: readonly TokenRow[];
  /** What became of the requests with the token. */
  readonly answers: readonly AnsweredRequest[];
  readonly findings: readonly Finding[];
}
