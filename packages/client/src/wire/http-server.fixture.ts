/** A server of a few lines that answers as a test says, on a real socket. Everything started is closed. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface TestServer {
  readonly baseUrl: string;
  readonly seen: readonly SeenRequest[];
}

/** `answer` is called once for each request, whose body has been read. */
export async function startServer(
  answer: (response: ServerResponse, request: SeenRequest) => void,
): Promise<TestServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { method = "", url: path = "", headers } = request;
      seen.push({ method, path, headers, body });
      answer(response, { method, path, headers, body });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): void {
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()]));
  response.writeHead(status, { "content-type": "application/json", ...given });
  response.end(JSON.stringify(body));
}

/** Begins a stream of events. */
export function openEvents(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
}

/** One event as an AgentOS writes it. */
export function writeEvent(event: Readonly<Record<string, unknown>>): string {
  return `event: ${String(event["event"])}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** What was thrown; a promise that resolves is a failure of the test. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  if (outcome === undefined) throw new Error("nothing was thrown");
  return outcome.error;
}
