/** Who does something, as the audit log keeps it. */

export interface Actor {
  /** `command-line`: on the machine itself; `system`: the control plane by itself. */
  readonly kind: "person" | "command-line" | "system";
  readonly personId?: string | undefined;
  /** Their name now: they may have another one, or be gone, when somebody reads it. */
  readonly name?: string | undefined;
  readonly sessionId?: string | undefined;
  /** Address of the client. */
  readonly address?: string | undefined;
  /** As what they were let in, where the request is about an organization. */
  readonly standing?: Standing | undefined;
}

/** A membership, at one moment. */
export interface Standing {
  readonly organizationId: string;
  /** Another one after each change of the role. */
  readonly version: number;
  /** Seconds since the epoch: who was removed and added again is somebody else. */
  readonly memberSince: number;
}

export const COMMAND_LINE: Actor = Object.freeze({ kind: "command-line" });
export const SYSTEM: Actor = Object.freeze({ kind: "system" });
