/**
 * For tests: an HTTP server on the loopback that stands where a provider stands. It gives the answers of its list, one per
 * request, and keeps what it was asked and whether the other side hung up before the end.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Answer {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Lines of an event stream; another body is JSON. */
  readonly events?: readonly string[];
  readonly json?: unknown;
  /** The stream stays open after its last event until the other side hangs up. */
  readonly hangs?: boolean;
  /** The connection is cut instead of an answer. */
  readonly cuts?: boolean;
}

export interface ProviderRequest {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Record<string, unknown>;
  /** Resolves when the connection ended before the answer did. */
  readonly hungUp: Promise<void>;
}

export interface ProviderServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: ProviderRequest[];
  answer(...answers: readonly Answer[]): void;
  /** Forgets requests and answers, for the next test. */
  reset(): void;
}

export async function startProviderServer(): Promise<ProviderServer> {
  const requests: ProviderRequest[] = [];
  const answers: Answer[] = [];
  const server = createServer((request, response) => void receive(request, response));

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(request);
    const { promise: hungUp, resolve } = Promise.withResolvers<void>();
    response.on("close", () => {
      if (!response.writableFinished) resolve();
    });
    requests.push({
      path: request.url ?? "",
      headers: request.headers,
      body: JSON.parse(text) as Record<string, unknown>,
      hungUp,
    });
    give(response, answers.shift() ?? { status: 501, json: { error: { message: "no answer is left" } } });
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answer: (...more) => void answers.push(...more),
    reset() {
      requests.length = 0;
      answers.length = 0;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function give(response: ServerResponse, answer: Answer): void {
  if (answer.cuts === true) {
    response.destroy();
    return;
  }
  const type = answer.events === undefined ? "application/json" : "text/event-stream";
  response.writeHead(answer.status ?? 200, { "content-type": type, ...answer.headers });
  if (answer.events === undefined) {
    response.end(JSON.stringify(answer.json));
    return;
  }
  for (const event of answer.events) response.write(event);
  if (answer.hangs !== true) response.end();
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}
