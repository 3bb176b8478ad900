/** What names a run, and what is kept of it: what the ports of runs, of their queue and of their events share. */
import type { Owner } from "@agentos/auth";
import type { AnyRunEvent, AnyRunOutput, RunnableKind } from "@agentos/contract";

export interface Component {
  readonly kind: RunnableKind;
  /** Unique among its kind: a team may have the id of an agent. */
  readonly id: string;
}

export interface SessionKey {
  readonly owner: Owner;
  /** A session is reached only through the component that it belongs to (contract 2.7). */
  readonly component: Component;
  readonly sessionId: string;
}

/** A run as it is kept, without the session's state, which is kept once, with the session. */
export type StoredOutput = DistributiveOmit<AnyRunOutput, "session_state" | "events">;
/** An event as it is kept: only the last one has the state on the wire. */
export type StoredEvent = DistributiveOmit<AnyRunEvent, "session_state">;
type DistributiveOmit<Value, Key extends PropertyKey> = Value extends unknown ? Omit<Value, Key> : never;

/** The right to write one attempt of a run; whoever holds an older one is told so. */
export interface RunLease {
  readonly key: SessionKey;
  readonly runId: string;
  /** Unlike that of any other run of the store; names it in its event log. */
  readonly runNo: number;
  /** Counts from 1; 0 while it is pending for the first time. */
  readonly attempt: number;
}
