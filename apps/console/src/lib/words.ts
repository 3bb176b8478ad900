/** Small functions about text that is shown. */

/** Cuts what somebody else wrote to what a page has room for, and never within a character. */
export function clip(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const kept = text.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, "");
  return `${copy(kept.trimEnd())}…`;
}

/** A part of a text holds all of it in memory, unless it is written anew. */
function copy(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}

/** First letter in upper case: texts of the catalogue begin in lower case, and have no full stop. */
export function asSentence(text: string): string {
  const trimmed = text.trim();
  const first = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?:…]$/.test(first) || first === "" ? first : `${first}.`;
}

/** `a`, `a and b`, `a, b and c`. */
export function joinWords(words: readonly string[], conjunction: "and" | "or"): string {
  if (words.length <= 1) return words[0] ?? "";
  return `${words.slice(0, -1).join(", ")} ${conjunction} ${words.at(-1) ?? ""}`;
}

/** At most two letters that stand for a name. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const named = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return named.map(firstLetter).join("").toUpperCase() || "?";
}

/** `1 member`, `2 members`. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? singular : plural}`;
}

const letters = new Intl.Segmenter("en", { granularity: "grapheme" });

/** What a person sees as one letter, however many characters it is. */
function firstLetter(word = ""): string {
  const [first] = letters.segment(word);
  return first?.segment ?? "";
}
