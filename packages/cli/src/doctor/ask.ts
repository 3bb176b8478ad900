/** One question to a server, and what can become of it. The same for a socket and for an AgentOS in this process. */

export interface Question {
  readonly path: string;
  /** Sent where the server reads it, and to this server only. */
  readonly token?: string | undefined;
}

export interface Answered {
  readonly kind: "answer";
  readonly status: number;
  /** The body when it is a JSON object. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly form: AnswerForm;
  /** Of a redirect: where it leads, by the server's word. */
  readonly location: string | undefined;
  /** From the `Date` header, in seconds since 1970. */
  readonly serverTime: number | undefined;
  /** This machine's clock when the answer began. */
  readonly askedAt: number;
  readonly milliseconds: number;
}

/** What a body is: an object or list in JSON, a page for people, or neither. */
export type AnswerForm = "json" | "page" | "other";

export interface NotAnswered {
  readonly kind: "fault";
  readonly code: "CLI_SERVER_UNREACHABLE" | "CLI_SERVER_SLOW";
  readonly facts: Readonly<Record<string, string | number>>;
}

/** The credential cannot travel in this header or cookie at all. */
export interface NotSendable {
  readonly kind: "not sendable";
}

export type Asked = Answered | NotAnswered | NotSendable;

export type Ask = (question: Question) => Promise<Asked>;

export interface ReadBody {
  readonly text: string;
  /** False when the limit came first. */
  readonly isWhole: boolean;
}

/** The text of a response's body, read no further than the limit. */
export async function readBounded(response: Response, limitBytes: number): Promise<ReadBody> {
  const body: ReadableStream<Uint8Array> | null = response.body;
  const reader = body?.getReader();
  if (reader === undefined) return { text: "", isWhole: true };
  const decoder = new TextDecoder();
  let text = "";
  for (let bytes = 0; bytes < limitBytes; ) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), isWhole: true };
    bytes += value.byteLength;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return { text, isWhole: false };
}

/** The parts of a response that are looked at. */
export function toAnswer(
  response: Response,
  { text, isWhole }: ReadBody,
  times: Pick<Answered, "askedAt" | "milliseconds">,
): Answered {
  const date = Date.parse(response.headers.get("date") ?? "");
  const type = (response.headers.get("content-type") ?? "").toLowerCase();
  const value = parseContainer(text);
  // What was cut cannot be parsed; its beginning and its type have to do.
  const isCutJson = !isWhole && /\bjson\b/.test(type) && /^\s*[[{]/.test(text);
  return {
    kind: "answer",
    status: response.status,
    body: value === undefined || Array.isArray(value) ? undefined : { ...value },
    form:
      value !== undefined || isCutJson
        ? "json"
        : /html|xml/.test(type) || /^\s*</.test(text)
          ? "page"
          : "other",
    location: response.headers.get("location")?.slice(0, 2_000),
    serverTime: Number.isNaN(date) ? undefined : date / 1_000,
    ...times,
  };
}

/** An object or list in JSON, or undefined for anything else. */
function parseContainer(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
