/** What a product does with the frames of a connection. Who calls, and whether they may, the guard has settled before. */
import type { Access, CompiledRoute } from "@agentos/auth";

/** One frame of a client, as it was sent: nothing of it is verified. */
export type SocketFrame = Readonly<Record<string, unknown>>;

/** What an action may use while it runs. */
export interface SocketContext {
  readonly access: Access;
  /** Sends a frame; a text goes as it is. Does nothing once the connection has ended. */
  readonly send: (frame: object | string) => void;
  /** Aborts when the connection ends. */
  readonly signal: AbortSignal;
}

/** A frame that was read. */
export interface SocketRequest {
  /** Those of the route that decides, as a request for it would have them. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** Begins it, and answers by frames; what takes long goes on beside the next frame. */
  run(context: SocketContext): void | Promise<void>;
}

/** One action, by what its frames say. */
export interface SocketAction {
  /** What a client is told whose scopes do not allow it: the contract's words. */
  readonly refusal: string;
  /** What a client is told whose scopes are for single items, and whose frame names none; default: the same. */
  readonly unnamed?: string | undefined;
  /** Reads a frame; a text says what is wrong with it. Never throws. */
  read(frame: SocketFrame): SocketRequest | string;
}

/** An action with the route whose access decides. */
export interface RoutedAction extends SocketAction {
  readonly route: CompiledRoute;
}
