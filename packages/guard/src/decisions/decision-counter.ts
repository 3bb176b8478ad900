/**
 * How often whom was allowed what, and refused what, hour by hour: what a change of rules would take away is read from
 * it. Only decisions are counted; a public route asks nobody, and decides nothing.
 */
import type { CompiledRoute, DataScope, OwnerParts, PathParameters } from "@agentos/auth";
import type { RefusalCode } from "@agentos/contract";

/** How a decision ended: the exact code of a refusal is the operator's, as in a denial record. */
export type DecisionOutcome = "allowed" | RefusalCode;

/** One decision, as the gate made it. */
export interface CountedDecision {
  /** Whose request it was, once the whole name was verified; undefined for anybody else. */
  readonly owner: OwnerParts | undefined;
  /** The matched route; undefined where there was none. */
  readonly route: CompiledRoute | undefined;
  /** Decoded parameters of the path. */
  readonly parameters: PathParameters;
  readonly outcome: DecisionOutcome;
}

/** Equal decisions of one hour. */
export interface DecisionCount {
  /** First second of the hour, since the epoch. */
  readonly hour: number;
  /** {@link NOBODY} for callers whom nobody verified; {@link OTHERS} for those whom the hour had no room for. */
  readonly owner: OwnerParts;
  /** `METHOD /template`, `(no route)`, or {@link MORE} for what its owner had no room for. */
  readonly route: string;
  /** What the scope of the route is about, as `agents:a1`; empty where it is about no item. */
  readonly resource: string;
  readonly outcome: DecisionOutcome;
  readonly count: number;
}

/** Whose decisions those are that belong to no verified owner. */
export const NOBODY: OwnerParts = Object.freeze({ issuer: "", kind: "anonymous", id: "" });
/** Whose decisions those are that were counted together when an hour had too many rows. */
export const OTHERS: OwnerParts = Object.freeze({ issuer: "", kind: "others", id: "" });
export const MORE = "(more)";
export const NO_ROUTE = "(no route)";

/** Which counts of those that a reader may see, and how many of them. */
export interface DecisionQuery {
  /** Most that are given. */
  readonly limit: number;
  /** How many are left out before them. Default 0. */
  readonly offset?: number | undefined;
  /** Only hours that begin then or later, seconds since the epoch. Default: all. */
  readonly since?: number | undefined;
  /** Only hours that begin before, seconds since the epoch. Default: all. */
  readonly until?: number | undefined;
  /** Only of this route, as `METHOD /template`. Default: all. */
  readonly route?: string | undefined;
  /** Only of this item, as `agents:a1`. Default: all. */
  readonly resource?: string | undefined;
  /** Only those that ended so. Default: all. */
  readonly outcome?: DecisionOutcome | undefined;
}

/** A part of the counts. */
export interface DecisionPage {
  /** Newest hour first, of an hour the most frequent first. */
  readonly counts: readonly DecisionCount[];
  /** How many the query finds without its limit. */
  readonly totalCount: number;
}

/** Counts decisions. Whose counts are read is never left out; those of nobody only `all` sees. */
export interface DecisionCounter {
  /** Never throws, never waits: it runs in front of every answer. */
  count(decision: CountedDecision): void;
  list(whose: DataScope, query: DecisionQuery): Promise<DecisionPage>;
}
