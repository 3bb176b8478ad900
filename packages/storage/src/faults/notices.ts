/** What goes on all the same, and somebody should know of: for a log, once for each time that it begins. */

export type NoticeName =
  /** A pooler refused limits that a connection asks for. */
  | "limits-refused"
  /** The connection that listens for hints broke, or does not come about. */
  | "hints-lost"
  /** It is there, and no hint arrives on it. */
  | "hints-deaf"
  /** Hints arrive again after one of the two. */
  | "hints-back";

export interface DatabaseNotice {
  /** For programs, and to be looked up in the documentation. */
  readonly name: NoticeName;
  /** The cause, in plain words. Holds nothing of a location. */
  readonly text: string;
  /** What to do; undefined where nothing is to be done. */
  readonly fix?: string | undefined;
  /** The driver's own error. */
  readonly error?: unknown;
}
