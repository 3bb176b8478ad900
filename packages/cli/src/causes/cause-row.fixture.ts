/** One cause of a refusal, and the text from which the person entitled to it must learn cause and fix. */
export interface CauseRow {
  /** As people call it. */
  readonly cause: string;
  /** Brings it about, and gives what that person reads. */
  readonly read: () => Promise<string>;
  readonly code: string;
  /** Words that name the cause. */
  readonly says: RegExp;
  /** Words that name the fix. */
  readonly fix: RegExp;
}
