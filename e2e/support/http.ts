/** Requests over a real socket: by node:http (which leaves path and headers alone), or byte by byte. */
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Every header line as received, names and values. */
  readonly rawHeaders: readonly string[];
  readonly text: string;
}

export interface Call {
  readonly method?: string;
  /** Sent as it is. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

const agent = new Agent({ keepAlive: true });

const watchers = new Set<(answer: Answer) => void>();

/** Tells of every answer that arrives from now on, before the test gets it. */
export function watchAnswers(watcher: (answer: Answer) => void): void {
  watchers.add(watcher);
}

function show(answer: Answer): Answer {
  for (const watcher of watchers) watcher(answer);
  return answer;
}

/** Ends the connections that wait for a next request. */
export function closeConnections(): void {
  agent.destroy();
}

/** Sends a request; a body is a form unless the headers say otherwise. */
export function send(port: number, { method = "GET", path, headers = {}, body }: Call): Promise<Answer> {
  const type = body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" };
  // Node's client frames a body of DELETE only when it is told its length.
  const length =
    body === undefined || method !== "DELETE" ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: "127.0.0.1", port, method, path, agent, headers: { ...type, ...length, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const { statusCode = 0, headers: received, rawHeaders } = response;
          const text = Buffer.concat(chunks).toString();
          resolve(show({ status: statusCode, headers: received, rawHeaders, text }));
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Sends the request's own lines and bytes; `Host` and `Connection: close` are added unless there is a Host line. */
export async function sendRaw(port: number, lines: readonly (string | Buffer)[], body = ""): Promise<Answer> {
  const [requestLine = "", ...headers] = lines;
  const hasHost = headers.some((line) => /^host:/i.test(line.toString()));
  const all = [requestLine, ...(hasHost ? [] : [`Host: 127.0.0.1:${port}`]), ...headers, "Connection: close"];
  const head = all.flatMap((line) => [
    typeof line === "string" ? Buffer.from(line) : line,
    Buffer.from("\r\n"),
  ]);
  const received = await exchange(port, Buffer.concat([...head, Buffer.from("\r\n"), Buffer.from(body)]));
  return show(parseAnswer(received));
}

function exchange(port: number, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: "127.0.0.1", port }, () => socket.write(bytes));
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    // A server that refuses early may reset the connection after its answer; the answer counts.
    socket.on("error", (error) => {
      if (chunks.length === 0) reject(error);
    });
    socket.on("close", () => resolve(Buffer.concat(chunks)));
  });
}

function parseAnswer(bytes: Buffer): Answer {
  const end = bytes.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const pairs = lines.map((line) => {
    const at = line.indexOf(":");
    return [line.slice(0, at), line.slice(at + 1).trim()] as const;
  });
  const headers: IncomingHttpHeaders = Object.fromEntries(
    pairs.map(([name, value]) => [name.toLowerCase(), value]),
  );
  const body = bytes.subarray(end + 4);
  const isChunked = headers["transfer-encoding"] === "chunked";
  const status = Number(statusLine.split(" ")[1]);
  return {
    status,
    headers,
    rawHeaders: pairs.flat(),
    text: (isChunked ? joinChunks(body) : body).toString(),
  };
}

function joinChunks(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.subarray(at, lineEnd).toString("latin1"), 16);
    if (lineEnd === -1 || !(size > 0)) return Buffer.concat(chunks);
    chunks.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

/** The body as a JSON object. */
export function bodyOf(answer: Answer): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(answer.text);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new Error("no JSON object");
  return parsed as Readonly<Record<string, unknown>>;
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
