/** What the doctor finds, as plain data. Texts of a remote server are in `serverSaid` and nowhere else. */
import type { Cause, KnownServer } from "@agentos/auth";
import type { MatchedRoute } from "../scopes/route-table.ts";

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
}

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

/** One place that was examined: this environment, a configuration file, or a running server. */
export interface Examined {
  readonly kind: "environment" | "config" | "url";
  /** For people: `this environment`, the file, the URL. */
  readonly name: string;
  readonly summary: string;
  readonly server: KnownServer | undefined;
  readonly traits: Traits;
  readonly checks: readonly Check[];
  /** A request was let in with the token, and the same without it was not. */
  readonly isTokenChecked: boolean;
  /** What became of the requests with the token. */
  readonly answers: readonly AnsweredRequest[];
  readonly findings: readonly Finding[];
}
