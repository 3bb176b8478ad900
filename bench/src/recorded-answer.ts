// One answer of the AgentOS as it went over the wire, for a bare server to give the same bytes.
import { request as sendRequest } from "node:http";
import type { LoadRequest } from "./load-request.ts";

/** What the bare server does with it. */
export interface RecordedAnswer {
  readonly status: number;
  /** Those of the application; what Node adds to every answer by itself is left out. */
  readonly headers: Readonly<Record<string, string>>;
  /** One text, written with a length; or the frames of a stream, written one by one. */
  readonly body: string | readonly string[];
  /** Read the body of the request and parse it as a form, as the AgentOS must. */
  readonly readsForm: boolean;
}

/** How a bare server gives it. */
export interface BareAnswer extends RecordedAnswer {
  /**
   * Whether each frame is written in a turn of the event loop of its own, as frames that come from somewhere are. Node
   * sends what is written within one turn with one system call. Default false.
   */
  readonly waitsBetweenFrames?: boolean;
}

/** The same on every answer of a Node server, whoever wrote the handler. */
const ADDED_BY_NODE = new Set(["connection", "date", "keep-alive", "transfer-encoding"]);

/** Asks once. */
export async function recordAnswer(url: string, request: LoadRequest): Promise<RecordedAnswer> {
  const { status, headers, text } = await ask(url, request);
  if (status !== 200) throw new Error(`the AgentOS answered ${status}: ${text}`);
  const isStream = headers["content-type"]?.startsWith("text/event-stream") === true;
  return {
    status,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !ADDED_BY_NODE.has(name))),
    body: isStream ? splitFrames(text) : text,
    readsForm: request.form !== undefined,
  };
}

/** Each frame with the empty line that ends it. */
export function splitFrames(stream: string): readonly string[] {
  return stream.split(/(?<=\n\n)/);
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** With Node's own client: `fetch` shows headers that were not sent, and hides some that were. */
function ask(url: string, { path, token, form }: LoadRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const body = form === undefined ? undefined : new URLSearchParams(form).toString();
    const request = sendRequest(
      `${url}${path}`,
      {
        method: form === undefined ? "GET" : "POST",
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
            ),
            text,
          }),
        );
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}
