/** What is set and holds nothing, said in the same words wherever it was written. */
import { z } from "zod";

/** True for a text without anything in it; white space is nothing. */
export function isBlank(text: string): boolean {
  return text.trim() === "";
}

/** What is empty about a value, to follow its name and "is"; undefined for one that holds something. */
export function findEmptiness(value: unknown): string | undefined {
  if (typeof value === "string" && isBlank(value))
    return value === "" ? "empty" : "empty: it has only white space";
  return Array.isArray(value) && value.length === 0 ? "empty: it has no entry" : undefined;
}

/** The form of a text that has to say something. */
export const filledText = z.string().refine((text) => !isBlank(text), {
  error: ({ input }) => `is ${findEmptiness(input) ?? "empty"}`,
  abort: true,
});
