/** What somebody decides on a paused run, or wants of one that has completed (contract 4.3). */

/** About one call that waits. Of what a client sends this much is read: a call's tool is never the client's to choose. */
export interface Decision {
  readonly toolCallId: string;
  /** As the client believes them to be; undefined where it does not say. */
  readonly toolName: string | undefined;
  readonly toolArgs: Readonly<Record<string, unknown>> | undefined;
  readonly confirmed: boolean | undefined;
  readonly note: string | undefined;
  /** Of a call that the client ran. */
  readonly result: string | undefined;
  readonly isError: boolean;
  /** What a person filled in. */
  readonly values: readonly { readonly name: string; readonly value: unknown }[];
  /** A value that is null is meant. */
  readonly isAnswered: boolean;
}

export interface ContinueForm {
  readonly decisions: readonly Decision[];
  readonly sessionId: string | undefined;
  readonly userId: string | undefined;
  readonly stream: boolean;
  readonly background: boolean;
  /** What the user says more, where a completed run is continued. */
  readonly input: string | undefined;
  readonly continueFrom: "end" | "last_user" | number;
  readonly isFork: boolean;
  readonly isRegenerated: boolean;
  readonly replacesOriginal: boolean;
  readonly additionalInstructions: string | undefined;
}
