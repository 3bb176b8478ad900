/**
 * The fix table: every code that states a fix has a row (or several) that brings the refusal or finding about, takes
 * the fix that was printed, does what it says, and shows that the same request then passes. A text that leads nowhere
 * fails here.
 *
 * How to write a row:
 * - `wrong` is the faulty world. It holds everything: options (with their `env`), the request, what the issuer signs.
 *   It should differ from a good one in one thing, and that request must be the one that passes in the end.
 * - `follows` matches the printed fix where it says what to do. Its groups are handed to `apply`: take option names,
 *   values and scopes from them, never from your own knowledge of the cause. What the fix does not say, `apply` may not
 *   do. A fix with two ways out gets two rows.
 * - `apply` does what the text says: to the options, to the environment, to the request, to the issuer's token.
 * - `observe` and `passes` are for what is no AgentOS that is asked over a socket: a command, the doctor, a guard.
 */
import type { ErrorCode } from "@agentos/contract";

/** A refusal or finding as somebody reads it. */
export interface Printed {
  readonly code: string;
  readonly fix: string;
  /** Who reads it: at the start, in the answer, or as the operator in the denial record. */
  readonly place: "start" | "finding" | "answer" | "record" | "command";
  /** The whole of what that person has before them: what a fresh reader is tested with. */
  readonly text?: string;
}

/** One way in which a code comes about, and the way out that is printed. */
export interface FixRow<World = unknown> {
  /** What is particular about this way; needed where a code has several rows. */
  readonly name?: string;
  /** The world with one thing wrong. */
  readonly wrong: () => World | Promise<World>;
  /** Whose text is followed, where several read the code. Default: the first of start, finding, answer, record. */
  readonly place?: Printed["place"];
  /** Where the fix says what is done; its groups go to `apply`. */
  readonly follows: RegExp;
  /** Does it. */
  readonly apply: (world: World, groups: readonly string[]) => World | Promise<World>;
  /** Everything printed in this world. */
  readonly observe: (world: World) => Promise<readonly Printed[]>;
  /** Throws unless the request of this world passes. */
  readonly passes: (world: World) => Promise<void>;
}

/** The rows of some codes; a code without a row does not compile. */
export type FixRows<Code extends ErrorCode> = { readonly [Each in Code]: FixRow | readonly FixRow[] };
