/** Fills the `{name}` places of a catalogue text. */
import type { Facts } from "./entry.ts";

const PLACE = /\{([a-z_]+)\}/g;

/** The names of a text's places, as a type; braces around more than a name belong to the text. */
export type PlaceOf<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `${string} ${string}` ? never : Name) | PlaceOf<Rest>
  : never;

/** The names of a text's places, in order. */
export function placesOf(text: string): readonly string[] {
  return [...text.matchAll(PLACE)].map((match) => match[1] ?? "");
}

/** Text with its places filled; lists are joined with ", ", a missing fact leaves an ellipsis. */
export function renderText(text: string, facts: Facts): string {
  return text.replace(PLACE, (_, name: string) => {
    const value = facts[name];
    if (value === undefined) return "…";
    return typeof value === "object" ? value.join(", ") : String(value);
  });
}

/** What to do next: the fact `suggestion`, word for word, is better for this very case than the fix of the entry. */
export function renderFix(fix: string, facts: Facts): string {
  const { suggestion } = facts;
  return suggestion === undefined ? renderText(fix, facts) : String(suggestion);
}
