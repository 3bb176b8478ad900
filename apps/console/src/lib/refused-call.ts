/** A call of this tab to an instance that was not let in, and how it is asked once more. */
import { type AgentOSClient, AgentOSRefusal, type ClientError, ConnectionFault } from "@agentos/client";

import type { Denial } from "./explain-refusal.ts";

/** What `useRefusal().explain` and `RefusalPanel` take. */
export interface RefusedCall {
  readonly instanceId: string;
  /** What the client threw. */
  readonly error: ClientError;
  /** What was tried, such as "The agents could not be loaded". */
  readonly title?: string;
  /**
   * The same request again, with a client as things are then. It is done when the request was let in; of a stream that is
   * its first event. Left out where it must not be sent twice.
   */
  readonly retry?: (client: AgentOSClient) => Promise<unknown>;
  /** `retry` only asks whether it would be let in, and does nothing of what was refused. */
  readonly isCheck?: boolean;
  /**
   * The record, where it is all that is known: of a request of another time, or of somebody else. What this tab sends now is
   * no part of it.
   */
  readonly record?: Denial;
  /** Somebody else was refused, or nobody knows who: asking somebody for more scopes is up to them. */
  readonly isOfOthers?: boolean;
  /** Who was refused, where it is somebody else: as the token has it; null where none was verified. */
  readonly subject?: string | null;
  /** It was let in: time to load again what was refused. */
  readonly onResolved?: () => void;
}

/**
 * Whether the dialog can say more of it than `ErrorState`: who may not, and who is kept from asking at all. A value that
 * cannot be used, a limit, or something that is not there is none of it.
 */
export function isRefused(error: unknown): error is AgentOSRefusal | ConnectionFault {
  if (error instanceof AgentOSRefusal)
    return [401, 403].includes(error.status) || (error.status === 503 && error.denialId !== undefined);
  return error instanceof ConnectionFault && ["unreachable", "timed-out"].includes(error.reason);
}

const ids = new WeakMap<ClientError, string>();
let count = 0;

/** Tells one refusal from another while this tab lives: errors have no id of their own. */
export function idOfError(error: ClientError): string {
  const known = ids.get(error);
  if (known !== undefined) return known;
  const id = `${(count += 1)}`;
  ids.set(error, id);
  return id;
}

const MAX_KEPT = 50;

export interface KeptCall {
  readonly denialId: string;
  readonly call: RefusedCall;
}

export interface RefusedCalls {
  readonly keep: (denialId: string, call: RefusedCall) => void;
  /** The newest first. */
  readonly list: () => readonly KeptCall[];
  /** Of this instance; without one, only where no two have named the same id. */
  readonly find: (denialId: string, instanceId: string | undefined) => RefusedCall | undefined;
}

/**
 * The calls behind refusals, by the id of their record, so that the page about one can ask again. In memory only. The id is
 * the word of the instance: one that names the id of another's record takes nothing from it.
 */
export function createRefusedCalls(): RefusedCalls {
  const kept = new Map<string, KeptCall>();
  return {
    keep(denialId, call) {
      const key = JSON.stringify([call.instanceId, denialId]);
      kept.delete(key);
      kept.set(key, { denialId, call });
      const [oldest] = kept.keys();
      if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    },
    list: () => [...kept.values()].toReversed(),
    find(denialId, instanceId) {
      const [first, ...others] = [...kept.values()].filter(
        (one) =>
          one.denialId === denialId && (instanceId === undefined || one.call.instanceId === instanceId),
      );
      return others.length > 0 ? undefined : first?.call;
    },
  };
}
