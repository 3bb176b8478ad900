/** Members of an answer's body, as far as their form goes. What they say is the server's own words. */
import type { Answered } from "./ask.ts";

/** A text, not endless. */
export function readText({ body }: Answered, name: string): string | undefined {
  const value = body?.[name];
  return typeof value === "string" ? value.slice(0, 4_000) : undefined;
}

/** A list of texts, not endless. */
export function readTexts({ body }: Answered, name: string): readonly string[] | undefined {
  const value = body?.[name];
  return Array.isArray(value)
    ? value.filter((entry): entry is string => typeof entry === "string").slice(0, 50)
    : undefined;
}

/** Only what has the form of one: it goes into a command. */
export function readDenialId(text: string | undefined): string | undefined {
  return text !== undefined && /^den_[\w-]{1,64}$/.test(text) ? text : undefined;
}
