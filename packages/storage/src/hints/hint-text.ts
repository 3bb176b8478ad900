/** Hints as the text of a notification. What comes back may come from anybody, so it is read strictly. */
import { type Hint, MAX_PAYLOAD_LENGTH, MAX_TOPIC_LENGTH } from "./hints.ts";

/** What one process says to the others. */
export interface HintMessage {
  /** Of the process; its own hints it has heard already. */
  readonly sender: string;
  readonly hints: readonly Hint[];
}

/** PostgreSQL takes 7,999 bytes. */
const MAX_BYTES = 7_900;

/** As many texts as it takes. */
export function writeHints({ sender, hints }: HintMessage): readonly string[] {
  const texts: string[] = [];
  let group: Hint[] = [];
  const write = (some: readonly Hint[]) =>
    JSON.stringify([sender, some.map(({ topic, payload }) => [topic, payload ?? null])]);
  for (const hint of hints) {
    if (group.length > 0 && Buffer.byteLength(write([...group, hint])) > MAX_BYTES) {
      texts.push(write(group));
      group = [];
    }
    group.push(hint);
  }
  return [...texts, write(group)];
}

/** Undefined for what no process of ours has written; a hint that this version cannot read is left out. */
export function readHints(text: string): HintMessage | undefined {
  const [sender, list] = readPair(parse(text));
  if (typeof sender !== "string" || !Array.isArray(list)) return undefined;
  return { sender, hints: list.flatMap((entry: unknown) => readHint(entry) ?? []) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readPair(value: unknown): readonly unknown[] {
  return Array.isArray(value) && value.length === 2 ? value : [];
}

function readHint(value: unknown): Hint | undefined {
  const [topic, payload] = readPair(value);
  if (!isText(topic, MAX_TOPIC_LENGTH)) return undefined;
  if (payload === null) return { topic, payload: undefined };
  return isText(payload, MAX_PAYLOAD_LENGTH) ? { topic, payload } : undefined;
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === "string" && value.length <= maxLength;
}
