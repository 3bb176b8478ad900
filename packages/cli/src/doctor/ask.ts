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
  /** From the `Date` header, in seconds since 1970. */
  readonly serverTime: number | undefined;
  /** This machine's clock when the answer began. */
  readonly askedAt: number;
  readonly milliseconds: number;
}

export interface NotAnswered {
  readonly kind: "fault";
  readonly code: "CLI_SERVER_UNREACHABLE" | "CLI_SERVER_SLOW";
  readonly facts: Readonly<Record<string, string | number>>;
  /** Where there is a better one than that of the code. */
  readonly fix?: string | undefined;
}

/** The credential cannot travel in this header or cookie at all. */
export interface NotSendable {
  readonly kind: "not sendable";
}

export type Asked = Answered | NotAnswered | NotSendable;

export type Ask = (question: Question) => Promise<Asked>;

/** The text of a response's body, read no further than the limit. */
export async function readBounded(response: Response, limitBytes: number): Promise<string> {
  const body: ReadableStream<Uint8Array> | null = response.body;
  const reader = body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let text = "";
  for (let bytes = 0; bytes < limitBytes; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}

/** A JSON object, or undefined for anything else. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
