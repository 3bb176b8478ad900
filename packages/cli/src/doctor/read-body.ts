/** Members of an answer's body, as far as their form goes. What they say is the server's own words. */
import { isRecord } from "@agentos/contract";
import type { Answered } from "./ask.ts";

const LONGEST_TEXT = 4_000;

/** A text, not endless. */
export function readText({ body }: Answered, name: string): string | undefined {
  const value = body?.[name];
  return typeof value === "string" ? value.slice(0, LONGEST_TEXT) : undefined;
}

/** A list of texts, not endless. */
export function readTexts({ body }: Answered, name: string): readonly string[] | undefined {
  const value = body?.[name];
  return Array.isArray(value)
    ? value
        .filter((entry): entry is string => typeof entry === "string")
        .slice(0, 50)
        .map((entry) => entry.slice(0, LONGEST_TEXT))
    : undefined;
}

/** The same for all texts and names in a value of known form: to make an endless one printable takes endless time. */
export function boundTexts<Value>(value: Value): Value {
  return bound(value) as Value;
}

function bound(value: unknown): unknown {
  if (typeof value === "string") return value.slice(0, LONGEST_TEXT);
  if (Array.isArray(value)) return value.map(bound);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.slice(0, LONGEST_TEXT), bound(member)]),
  );
}

/** Only what has the form of one: it goes into a command. */
export function readDenialId(text: string | undefined): string | undefined {
  return text !== undefined && /^den_[\w-]{1,64}$/.test(text) ? text : undefined;
}
