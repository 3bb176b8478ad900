/**
 * One connection as a state machine (contract 6): who it is authenticated for, and what becomes of each frame. It has no
 * socket, clock or timer of its own. Frames are dealt with one after the other, so that two attempts to authenticate
 * never meet.
 */
import type { AuthMode, Identity, Owner } from "@agentos/auth";
import { isRecord } from "@agentos/contract";
import type { SocketJudge, SocketRefusal } from "../gate/socket-gate.ts";
import { checkRenewal } from "./renewal.ts";
import type { RoutedAction, SocketFrame } from "./socket-action.ts";
import {
  authErrorFrame,
  authenticatedFrames,
  authRequiredFrame,
  connectedFrame,
  echoText,
  errorFrame,
  type LimitWords,
  limitFrame,
  refusedFrame,
  TOKEN_REQUIRED,
} from "./socket-frames.ts";
import {
  AUTHENTICATE_WITHIN_SECONDS,
  JUDGE_AGAIN_SECONDS,
  JUDGE_EVERY_SECONDS,
  MAX_FAILED_ATTEMPTS,
  MAX_STRAY_FRAMES,
  MAX_WAITING_FRAMES,
  RENEW_WITHIN_SECONDS,
} from "./socket-limits.ts";

/** Why a connection ends (RFC 6455 section 7.4.1). */
export type SocketEnd = 1003 | 1007 | 1008 | 1011;

export interface SocketSessionOptions {
  readonly mode: AuthMode;
  readonly judge: SocketJudge;
  /** By their names on the wire. */
  readonly actions: ReadonlyMap<string, RoutedAction>;
  /** Seconds since some moment, of a clock that is never set. */
  readonly now: () => number;
  /** Sends a frame; a text goes as it is. */
  readonly send: (frame: object | string) => void;
  /** Ends the connection. The reason is told to the client: words of ours, and never anything that it sent. */
  readonly end: (code: SocketEnd, reason: string) => void;
  /** Takes a place for a caller who has authenticated; says what is full instead. */
  readonly claim: (owner: Owner) => LimitWords | undefined;
  /** Logs what an action threw; gives the frame that names it. */
  readonly explain: (error: unknown) => object;
}

export interface SocketSession {
  /** Greets the client. */
  start(): Promise<void>;
  /** One frame of the client, once those before it are done. */
  receive(text: string): Promise<void>;
  /** To be called about once a second: deadlines, and whether the credential still holds. */
  tick(): Promise<void>;
  /** The connection is gone: what runs for it ends. */
  stop(): void;
}

/** Who the connection is authenticated for. */
interface Held {
  readonly identity: Identity;
  /** Judged again with every action, as of any request. Undefined where nobody needs one. */
  readonly token: string | undefined;
}

export function createSocketSession(options: SocketSessionOptions): SocketSession {
  const { mode, judge, actions, now, send, claim } = options;
  const startedAt = now();
  const abort = new AbortController();
  let held: Held | undefined;
  let unwatch: () => void = () => undefined;
  let expiredAt: number | undefined;
  let judgedAt = startedAt;
  let failures = 0;
  let strays = 0;
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();

  const isOver = () => abort.signal.aborted;

  function stop(): void {
    abort.abort();
    unwatch();
  }

  function end(code: SocketEnd, reason: string): void {
    if (isOver()) return;
    stop();
    options.end(code, reason);
  }

  /** One after the other; what comes too fast ends the connection. */
  function queue(task: () => Promise<void> | void): Promise<void> {
    if (isOver()) return last;
    if (waiting >= MAX_WAITING_FRAMES) {
      end(1008, "too many frames at once");
      return last;
    }
    waiting += 1;
    last = runAfter(last, task);
    return last;
  }

  async function runAfter(before: Promise<void>, task: () => Promise<void> | void): Promise<void> {
    await before;
    try {
      if (!isOver()) await task();
    } catch (error) {
      // Nothing here throws; if something does, the client is told, and the next frame would meet the same.
      send(options.explain(error));
      end(1011, "internal error");
    } finally {
      waiting -= 1;
    }
  }

  function fail(frame: object): void {
    send(frame);
    failures += 1;
    if (failures >= MAX_FAILED_ATTEMPTS) end(1008, "too many failed attempts to authenticate");
  }

  async function authenticate(token: unknown): Promise<void> {
    if (typeof token !== "string" || token.trim() === "") return fail(TOKEN_REQUIRED);
    const judged = await judge.authenticate(mode === "none" ? undefined : token);
    if (isOver()) return;
    if (!judged.ok) {
      // What the server cannot tell is no fault of whoever asks.
      if (judged.fault.problem.status >= 500) return send(authErrorFrame(mode, judged.fault));
      return fail(authErrorFrame(mode, judged.fault));
    }
    const identity = judged.value;
    if (held !== undefined) {
      const renewal = checkRenewal(held.identity, identity);
      if (!renewal.ok) return fail(authErrorFrame(mode, judge.refuse(renewal.fault)));
    } else {
      const full = claim(identity.owner);
      if (full !== undefined) {
        send(limitFrame(full));
        return end(1008, "too many connections of this caller");
      }
    }
    held = { identity, token: mode === "none" ? undefined : token };
    expiredAt = undefined;
    judgedAt = now();
    failures = 0;
    strays = 0;
    for (const frame of authenticatedFrames(mode, identity)) send(frame);
    if (mode !== "none") watch(identity);
  }

  /** What is taken away ends the connection at once; what only expires is renewed. */
  function watch(identity: Identity): void {
    unwatch();
    unwatch = judge.watch(identity, (refusal) => lapse(judge.refuse(refusal)));
    if (isOver()) unwatch();
  }

  /** The credential of the connection is not accepted any more. */
  function lapse(refusal: SocketRefusal): void {
    if (refusal.code !== "AUTH_TOKEN_EXPIRED") {
      send(authErrorFrame(mode, refusal));
      return end(1008, "the credential is not accepted any more");
    }
    expiredAt = now();
    send(authErrorFrame(mode, refusal));
  }

  async function act(name: string, action: RoutedAction, frame: SocketFrame): Promise<void> {
    if (held === undefined) return;
    const request = action.read(frame);
    if (typeof request === "string") return send(errorFrame(request));
    const judged = await judge.authenticate(held.token);
    if (isOver()) return;
    if (!judged.ok) {
      if (judged.fault.problem.status >= 500) return send(refusedFrame(judged.fault, action.refusal));
      return lapse(judged.fault);
    }
    judgedAt = now();
    const { route } = action;
    const allowed = judge.authorize(judged.value, { action: name, route, parameters: request.parameters });
    if (!allowed.ok) {
      const { fault } = allowed;
      return send(
        fault === "unnamed"
          ? errorFrame(action.unnamed ?? action.refusal)
          : refusedFrame(fault, action.refusal),
      );
    }
    try {
      await request.run({ access: allowed.value, send, signal: abort.signal });
    } catch (error) {
      send(options.explain(error));
    }
  }

  function stray(): void {
    send(authRequiredFrame(mode));
    strays += 1;
    if (strays >= MAX_STRAY_FRAMES) end(1008, "too many frames without authentication");
  }

  function handle(text: string): Promise<void> | void {
    const frame = parseFrame(text);
    if (frame === undefined) return end(1007, "a frame is no JSON object");
    const name = frame["action"];
    if (name === "authenticate") return authenticate(frame["token"]);
    const isExpired = expiredAt !== undefined;
    if (held === undefined || (isExpired && name !== "ping")) return stray();
    if (name === "ping") return send({ event: "pong" });
    const action = typeof name === "string" ? actions.get(name) : undefined;
    if (typeof name === "string" && action !== undefined) return act(name, action, frame);
    return send(errorFrame(`Unknown action: ${typeof name === "string" ? echoText(name) : "none is named"}`));
  }

  async function judgeAgain(): Promise<void> {
    if (held?.token === undefined || expiredAt !== undefined) return;
    const judged = await judge.authenticate(held.token);
    if (isOver()) return;
    judgedAt = now();
    if (judged.ok) return;
    // Actions are refused meanwhile; whether the credential still holds nobody knows.
    if (judged.fault.problem.status >= 500) judgedAt += JUDGE_AGAIN_SECONDS - JUDGE_EVERY_SECONDS;
    else lapse(judged.fault);
  }

  return {
    start: () =>
      queue(async () => {
        send(connectedFrame(mode));
        if (mode !== "none") return;
        const judged = await judge.authenticate(undefined);
        if (judged.ok) held = { identity: judged.value, token: undefined };
        else end(1008, "this machine only");
      }),
    receive: (text) => queue(() => handle(text)),
    async tick() {
      if (isOver()) return;
      const time = now();
      if (held === undefined) {
        if (time - startedAt >= AUTHENTICATE_WITHIN_SECONDS) end(1008, "not authenticated in time");
      } else if (expiredAt !== undefined) {
        if (time - expiredAt >= RENEW_WITHIN_SECONDS) end(1008, "the authentication was not renewed in time");
      } else if (time - judgedAt >= JUDGE_EVERY_SECONDS && waiting === 0) await queue(judgeAgain);
    },
    stop,
  };
}

function parseFrame(text: string): SocketFrame | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
