/** Server-sent events as they come off the socket, frame by frame, without any library that would be lenient. */
import { type IncomingMessage, request } from "node:http";

export interface OpenStream {
  readonly response: IncomingMessage;
  /** The next frame with its line ends, or undefined at the end of the stream. */
  next(): Promise<string | undefined>;
  /** Everything that is still to come, in frames. */
  rest(): Promise<readonly string[]>;
  /** Goes away, as a closed tab does. */
  disconnect(): void;
}

interface Form {
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

function post(port: number, { path, headers }: Form) {
  const type = { "content-type": "application/x-www-form-urlencoded" };
  return request({
    host: "127.0.0.1",
    port,
    method: "POST",
    path,
    agent: false,
    headers: { ...type, ...headers },
  });
}

/** Sends a form on a connection of its own; the function that is given back cuts it. */
export function sendAndForget(port: number, form: Form): () => void {
  const sent = post(port, form);
  // Being cut is what it is for.
  sent.on("error", () => undefined);
  sent.end(form.body);
  return () => sent.destroy();
}

/** Starts a run and resolves with its headers. */
export function openStream(port: number, form: Form): Promise<OpenStream> {
  return new Promise((resolve, reject) => {
    const sent = post(port, form);
    sent.on("error", reject);
    sent.on("response", (response) => {
      const frames = readFrames(response);
      const next = async () => (await frames.next()).value ?? undefined;
      resolve({
        response,
        next,
        async rest() {
          const all: string[] = [];
          for (let frame = await next(); frame !== undefined; frame = await next()) all.push(frame);
          return all;
        },
        disconnect: () => sent.destroy(),
      });
    });
    sent.end(form.body);
  });
}

/** Whatever ends without a blank line is given as it is, so that a test sees it. */
async function* readFrames(response: IncomingMessage): AsyncGenerator<string, undefined> {
  response.setEncoding("utf8");
  let buffered = "";
  for await (const chunk of response as AsyncIterable<string>) {
    buffered += chunk;
    for (let end = buffered.indexOf("\n\n"); end !== -1; end = buffered.indexOf("\n\n")) {
      yield buffered.slice(0, end + 2);
      buffered = buffered.slice(end + 2);
    }
  }
  if (buffered !== "") yield buffered;
  return undefined;
}
