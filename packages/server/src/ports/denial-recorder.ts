/** Where refusals are kept for those who answer "why do I get a 401?" (design.md section 4). */

import type { TimelineStep } from "@agentos/auth";
import type { Facts, RefusalCode } from "@agentos/contract";

/** One refused request, as the guard saw it. */
export interface Denial {
  readonly code: RefusalCode;
  /** Seconds since the epoch. */
  readonly time: number;
  /** `METHOD /template` of the matched route, or `METHOD (no route)`: never a path that somebody made up. */
  readonly route: string;
  /** Address of the client, as the socket says. */
  readonly client: string | undefined;
  /** Who was refused, once verified. */
  readonly subject: string | undefined;
  readonly timeline: readonly TimelineStep[];
  readonly facts: Facts;
  readonly fix: string;
}

/** A kept denial: equal ones of a while are one record with a count. */
export interface DenialRecord extends Denial {
  readonly id: string;
  readonly count: number;
  /** Time of the newest. */
  readonly lastTime: number;
}

export interface DenialRecorder {
  /** Keeps a denial and names it. Never throws, never waits: what cannot be kept is dropped, not the request. */
  record(denial: Denial): string;
  find(id: string): DenialRecord | undefined;
  /** Newest first. */
  list(limit: number): readonly DenialRecord[];
}
