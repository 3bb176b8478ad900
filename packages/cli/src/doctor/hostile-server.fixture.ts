/** A server that says it is an AgentOS and answers every other route as a test wants it to, the credential included. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface HostileAnswer {
  readonly status: number;
  /** A text is sent as it is, anything else as JSON; nothing for an empty body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface HostileOptions {
  /** The answer to any route but /health and /info. `token` is empty when none was sent. */
  readonly answer: (token: string, path: string) => HostileAnswer;
  /** Members of /info beside the usual ones. */
  readonly info?:
    | Readonly<Record<string, unknown>>
    | ((lastToken: string) => Readonly<Record<string, unknown>>);
}

/** Starts it for this test, and returns its URL. */
export async function startHostileServer({ answer, info = {} }: HostileOptions): Promise<string> {
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const { authorization = "", cookie = "" } = request.headers;
    const token = authorization.replace(/^Bearer /, "") || cookie.replace(/^[^=]*=/, "");
    const own = typeof info === "function" ? info(token) : info;
    const { status, body, headers }: HostileAnswer =
      path === "/health"
        ? { status: 200, body: { status: "ok" } }
        : path === "/info"
          ? { status: 200, body: { os_id: "os-1", agno_version: "2.9.0", auth_mode: "jwt", ...own } }
          : answer(token, path);
    const isText = typeof body === "string";
    response.writeHead(status, {
      ...(body === undefined ? {} : { "content-type": isText ? "text/html" : "application/json" }),
      ...headers,
    });
    response.end(body === undefined ? undefined : isText ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
