/** Where refusals are kept for those who answer "why do I get a 401?" (design.md section 4). */

import type { TimelineStep } from "@agentos/auth";
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
  readonly lastTime: number;
}

/** Keeps denials; give your own to `denialRecorder` to keep them elsewhere. */
export interface DenialRecorder {
  /** Keeps a denial and names it. Never throws, never waits: what cannot be kept is dropped, not the request. */
  record(denial: Denial): string;
  /** Undefined for an id that was never given or is forgotten. */
  find(id: string): Promise<DenialRecord | undefined>;
  /** Newest first. */
  list(limit: number): Promise<readonly DenialRecord[]>;
}
