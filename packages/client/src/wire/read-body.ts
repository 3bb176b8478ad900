/** Reads the body of an answer, no further than it may be long: a server could send without an end. */
import { onWire } from "./attempt.ts";
import { ConnectionFault } from "./client-errors.ts";

interface BoundedText {
  readonly text: string;
  /** There was more. */
  readonly isCut: boolean;
}

/** The text of a body, cut where it is longer than so many bytes. */
export async function readText(response: Response, maxBytes: number): Promise<BoundedText> {
  const reader = response.body?.getReader();
  if (reader === undefined) return { text: "", isCut: false };
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await onWire(reader.read());
    if (done) return { text: text + decoder.decode(), isCut: false };
    const room = maxBytes - bytes;
    bytes += value.byteLength;
    text += decoder.decode(value.subarray(0, Math.max(room, 0)), { stream: true });
    if (bytes > maxBytes) {
      // What is left is nobody's: it must not fill a buffer behind us.
      void reader.cancel().catch(() => undefined);
      return { text, isCut: true };
    }
  }
}

/** The JSON of a body. Throws where it is none, or too long. */
export async function readJson(response: Response, maxBytes: number): Promise<unknown> {
  if (!isJson(response)) {
    void response.body?.cancel().catch(() => undefined);
    throw new ConnectionFault("not-agentos", "the answer is no JSON, so it is not what an AgentOS says");
  }
  const { text, isCut } = await readText(response, maxBytes);
  if (isCut) throw new ConnectionFault("too-large", `the answer is longer than ${maxBytes} bytes`);
  const parsed = parseJson(text);
  if (parsed === undefined)
    throw new ConnectionFault("not-agentos", "the answer says that it is JSON, and cannot be read as such");
  return parsed.value;
}

/** Undefined where the text is no JSON. */
export function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Whether an answer says that it is JSON, of whatever kind. */
export function isJson(response: Response): boolean {
  return /^application\/(?:[\w.-]+\+)?json\b/i.test(response.headers.get("content-type") ?? "");
}
