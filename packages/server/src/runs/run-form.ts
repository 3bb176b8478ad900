import type { RunMedia } from "./runnable.ts";

/** A run form, read and checked. What is not given is undefined, or the contract's default. */
export interface RunForm {
  readonly message: string;
  readonly stream: boolean;
  readonly background: boolean;
  readonly sessionId: string | undefined;
  readonly userId: string | undefined;
  readonly sessionState: Readonly<Record<string, unknown>> | undefined;
  readonly dependencies: Readonly<Record<string, unknown>> | undefined;
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  readonly media: readonly RunMedia[];
}
