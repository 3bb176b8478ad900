/** Where refusals are kept for those who answer "why do I get a 401?" (design.md section 4). */

import { type DataScope, isSameOwner, type OwnerParts, type TimelineStep } from "@agentos/auth";
import type { Facts, RefusalCode } from "@agentos/contract";

/** One refused request, as the guard saw it. */
export interface Denial {
  /** The exact cause; a caller may have been shown a vaguer one (`publicCode` of its entry). */
  readonly code: RefusalCode;
  /** Seconds since the epoch. */
  readonly time: number;
  /** `METHOD /template` of the matched route, or `METHOD (no route)`: never a path that somebody made up. */
  readonly route: string;
  /** Address of the client, as the socket says. */
  readonly client: string | undefined;
  /** Who was refused, once verified. */
  readonly subject: string | undefined;
  /** Name of the issuer of `subject`, as the operator gave it. */
  readonly issuer?: string | undefined;
  /**
   * The same as the owner of data; absent unless the whole name was verified and may be theirs. Who reads refusals of
   * their own is told by this alone: a subject that was never verified is no name.
   */
  readonly owner?: OwnerParts | undefined;
  /** Every check in its order, with what became of it. */
  readonly timeline: readonly TimelineStep[];
  /** Values for the texts, also those that the caller does not see; never a credential. */
  readonly facts: Facts;
  /** What to do, its places filled. */
  readonly fix: string;
}

/** A kept denial: equal ones of a while are one record with a count. */
export interface DenialRecord extends Denial {
  /** The `denial_id` of the answers. */
  readonly id: string;
  /** How many equal denials it stands for. */
  readonly count: number;
  /** Time of the newest. */
  readonly lastSeenAt: number;
}

/** Which denials of those that a reader may see. */
export interface DenialFilter {
  /** Only these exact codes. Default: all. */
  readonly codes?: ReadonlySet<RefusalCode> | undefined;
  /** Only of this route, as `METHOD /template`. Default: all. */
  readonly route?: string | undefined;
  /** Only of this address. Default: all. */
  readonly client?: string | undefined;
  /** Only of this verified subject, of whatever issuer. Default: all. */
  readonly subject?: string | undefined;
  /** Only those whose newest came then or later, seconds since the epoch. Default: all. */
  readonly since?: number | undefined;
  /** Only those whose newest came before, seconds since the epoch. Default: all. */
  readonly until?: number | undefined;
}

/** Part of what a query finds. */
interface Part {
  /** Most that are given. */
  readonly limit: number;
  /** How many are left out before them. Default 0. */
  readonly offset?: number | undefined;
}

/** Which denials, and how many of them. */
export interface DenialQuery extends DenialFilter, Part {}

/** A part of a list. */
export interface DenialPage {
  /** Newest first. */
  readonly records: readonly DenialRecord[];
  /** How many the query finds without its limit. */
  readonly totalCount: number;
}

/** What records of one group have in common. `hour` is that of the newest refusal. */
export type DenialGrouping = "code" | "route" | "client" | "subject" | "hour";

/** Which denials are counted, by what, and how many groups of them. */
export interface DenialCountQuery extends DenialFilter, Part {
  readonly by: DenialGrouping;
}

/** Records that have something in common. */
export interface DenialGroup {
  /** What they have in common: of `hour` its first second. Undefined for what is not known of them. */
  readonly value: string | undefined;
  /** Refusals. */
  readonly count: number;
  /** Records that they are kept as. */
  readonly recordCount: number;
  /** Time of the newest. */
  readonly lastSeenAt: number;
}

/** A part of the groups. */
export interface DenialCountPage {
  /** Most refusals first, of equals the newest; hours the newest first. */
  readonly groups: readonly DenialGroup[];
  /** How many groups there are without the limit. */
  readonly totalCount: number;
}

/**
 * Keeps denials; give your own to `denialRecorder` to keep them elsewhere. Whose denials are read is never left out: all
 * of them, those of one owner, or none. One that has no owner is nobody's, and only `all` sees it.
 */
export interface DenialRecorder {
  /** Keeps a denial and names it. Never throws, never waits: what cannot be kept is dropped, not the request. */
  record(denial: Denial): string;
  /** Undefined for an id that was never given, is forgotten, or is somebody else's. */
  find(id: string, whose: DataScope): Promise<DenialRecord | undefined>;
  /** Newest first. */
  list(whose: DataScope, query: DenialQuery): Promise<DenialPage>;
  /** How many refusals there were, by what they have in common. */
  count(whose: DataScope, query: DenialCountQuery): Promise<DenialCountPage>;
}

/** Whether a reader may see a denial. */
export function maySee(whose: DataScope, { owner }: Pick<Denial, "owner">): boolean {
  if (whose.kind === "all") return true;
  // What has no name is nobody's: two strangers are no one caller.
  return (
    whose.kind === "user" && owner?.kind === "user" && owner.id !== "" && isSameOwner(owner, whose.owner)
  );
}
