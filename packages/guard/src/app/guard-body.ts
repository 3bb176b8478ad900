/**
 * Bodies that are streams are guarded like handlers: what goes wrong in one goes to the log, and the client only sees
 * that the answer was cut. Left to an adapter, the text of the exception is sent to the client, and the exception is
 * written to standard error, past the logger that replaces credentials.
 */

/** Ends an answer whose cause is in the log already. */
export class StreamCutError extends Error {
  override readonly name = "StreamCutError";

  constructor() {
    super("the stream was cut");
  }
}

/** What becomes of an answer that fails after it was given. */
export interface BodyFailure {
  /** Told of what went wrong, once. */
  readonly onFailure: (error: unknown) => void;
  /** What the host knows of the connection. */
  readonly env: unknown;
  /**
   * Told of a body that begins, with what cuts it; gives the function for when it has ended. Default: nobody cuts it.
   */
  readonly onOpen?: ((cut: () => void) => () => void) | undefined;
}

/** The same answer, or one whose body tells the client nothing but that it was cut. Throws for one that cannot be sent. */
export function guardBody(response: Response, failure: BodyFailure): Response {
  assertSendable(response);
  if (isWhole(response)) return response;
  const { body, status, statusText, headers } = response;
  if (body === null) return response;
  if (body.locked || response.bodyUsed)
    throw new Error("a handler returned a response whose body was read already");
  return new Response(guardStream(body, failure), { status, statusText, headers });
}

/** The answer to HEAD: nobody reads its body, so whatever makes that is told to stop. */
export function dropBody(response: Response, { onFailure }: Pick<BodyFailure, "onFailure">): Response {
  assertSendable(response);
  if (isWhole(response)) return response;
  const { body, status, statusText, headers } = response;
  if (body === null) return response;
  body.cancel("nobody reads the body of an answer to HEAD").catch(onFailure);
  return new Response(null, { status, statusText, headers });
}

/** Adapters take any status and any header text, and fail only when they send them. */
function assertSendable({ status, headers }: Response): void {
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new Error(`a handler returned the status ${status}`);
  // Reading them is what checks them.
  void headers;
}

/**
 * True for text and bytes, which cannot fail any more. The adapter for Node keeps those of its own `Response` in a cell of
 * this description: to ask for `body` would make a stream of them, which costs many times the answer.
 */
function isWhole(response: Response): boolean {
  const cell = Object.getOwnPropertySymbols(response).find(({ description }) => description === "cache");
  if (cell === undefined) return false;
  const kept: unknown = Reflect.get(response, cell);
  const body: unknown = Array.isArray(kept) ? kept[1] : undefined;
  return body === null || typeof body === "string" || body instanceof Uint8Array;
}

function guardStream(
  body: ReadableStream<Uint8Array>,
  { onFailure, env, onOpen }: BodyFailure,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let isLeft = false;
  let leave: () => void = () => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        leave =
          onOpen?.(() => {
            if (isLeft) return;
            isLeft = true;
            // Whatever makes it is told to stop, as when a client goes away.
            reader.cancel(new StreamCutError()).catch(onFailure);
            cut(controller, env);
          }) ?? leave;
        if (isLeft) leave();
      },
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          // A client that went away while this was waiting: the stream is closed, and nothing has failed.
          if (isLeft) return;
          if (!done) return controller.enqueue(assertChunk(value));
          leave();
          controller.close();
        } catch (error) {
          if (isLeft) return;
          leave();
          if (!(error instanceof StreamCutError)) onFailure(error);
          cut(controller, env);
        }
      },
      cancel(reason) {
        isLeft = true;
        leave();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** An adapter says what an error says; a connection that is gone says nothing. */
function cut(controller: ReadableStreamDefaultController<Uint8Array>, env: unknown): void {
  if (cutConnection(env)) controller.close();
  else controller.error(new StreamCutError());
}

function assertChunk(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk === "string") return new TextEncoder().encode(chunk);
  throw new Error("a handler streamed something that is neither bytes nor text");
}

/** True where the host is Node, and has handed its response over. */
function cutConnection(env: unknown): boolean {
  if (typeof env !== "object" || env === null || !("outgoing" in env)) return false;
  const { outgoing } = env;
  if (typeof outgoing !== "object" || outgoing === null || !("destroy" in outgoing)) return false;
  if (typeof outgoing.destroy !== "function") return false;
  Reflect.apply(outgoing.destroy, outgoing, []);
  return true;
}
