/** What stands behind the `?` of an address: anybody may have written it. */

/** A text of bounded length; undefined for anything else. The router reads digits as a number. */
export function readSearchText(value: unknown, maxLength = 200): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" && text.length <= maxLength ? text : undefined;
}

/** One of a few words; undefined for anything else. */
export function readSearchWord<Word extends string>(
  value: unknown,
  words: readonly Word[],
): Word | undefined {
  return words.find((word) => word === value);
}
