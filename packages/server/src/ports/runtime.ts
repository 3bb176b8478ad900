/** What comes from outside so that runs can be tested: time, ids, log. */

export interface Clock {
  /** Seconds since the epoch, with fractions. */
  now(): number;
}

/** A new unique id. */
export type GenerateId = () => string;

/** Where an operator reads what a caller must not see. Values are redacted by the implementation as a second net. */
export interface Logger {
  error(facts: Readonly<Record<string, unknown>>, text: string): void;
  warn(facts: Readonly<Record<string, unknown>>, text: string): void;
  info(facts: Readonly<Record<string, unknown>>, text: string): void;
}

export interface Runtime {
  readonly clock: Clock;
  readonly generateId: GenerateId;
  readonly logger: Logger;
}
