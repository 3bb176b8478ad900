/** What a conversation needs of the page and of the instance that it is with. */
import type { AgentOSClient } from "@agentos/client";
import type { RunnableKind } from "../../lib/runnable-kinds.ts";

/** A file as the browser has it. */
export type Upload = Blob & { readonly name: string };

export interface ChatStoreOptions {
  /** What it is that is talked to. */
  readonly kind: RunnableKind;
  readonly agentId: string;
  readonly sessionId: string | undefined;
  /** Whether the instance knows a request that comes twice by its name. Throws where it cannot be asked. */
  readonly knowsKeys: (client: AgentOSClient) => Promise<boolean>;
  /** A name that no other request has. */
  readonly makeKey: () => string;
  /** Asked for each request: the switches of the instance may be other ones by then. */
  readonly openClient: () => Promise<AgentOSClient>;
  /** A new conversation has a session now. */
  readonly onSession: (sessionId: string) => void;
  /** Reads anew how the instance is meant to be: another one may have thrown a switch. */
  readonly refresh: () => Promise<void>;
  /** A message was sent again, since the instance asks for another credential than before. */
  readonly onSwitched: () => void;
  /** A request has failed: what is known of the instance may be old. `key` is that of its turn. */
  readonly onFault: (error: unknown, key?: string) => void;
  /** A run is over: lists of sessions are old. */
  readonly onEnd: () => void;
  /** Milliseconds, by a clock that only goes forward. */
  readonly clock: () => number;
  readonly wait: (ms: number) => Promise<void>;
}
