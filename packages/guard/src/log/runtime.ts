/** What comes from outside, so that a test can choose it: time, ids, log. */

export interface Clock {
  /** Seconds since the epoch, with fractions. */
  now(): number;
}

/** A new unique id. */
export type GenerateId = () => string;

/** Where an operator reads what a caller must not see. Values are redacted by the implementation as a second net. */
export interface Logger {
  /** Something is broken and needs a person. */
  error(facts: Readonly<Record<string, unknown>>, text: string): void;
  /** Refusals and whatever else an operator may want to look into. */
  warn(facts: Readonly<Record<string, unknown>>, text: string): void;
  /** What went as it should. */
  info(facts: Readonly<Record<string, unknown>>, text: string): void;
  /** What only somebody who looks for a fault wants to read; a logger may leave it out. */
  debug?(facts: Readonly<Record<string, unknown>>, text: string): void;
}

/** What a server runs on and does not make itself. */
export interface Runtime {
  /** The time. */
  readonly clock: Clock;
  /** Ids of denials, and of whatever else the product names. */
  readonly generateId: GenerateId;
  /** The operator's log. */
  readonly logger: Logger;
}
