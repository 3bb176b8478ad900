/** Values of an instance as text that can be shown: bounded, whatever they are. */
import { clip } from "../../lib/words.ts";

/** Bounds of one turn. */
export const TURN_LIMITS = Object.freeze({
  /** Characters of its answer and its reasoning. */
  maxText: 400_000,
  maxBlocks: 500,
  /** Characters of the arguments, and of the result, of one tool call. */
  maxToolText: 20_000,
  maxWaiting: 100,
  maxName: 200,
});

/** Any value as text. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  return JSON.stringify(value, null, 2);
}

export function nameOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? clip(value, TURN_LIMITS.maxName) : undefined;
}

export function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Arguments of a tool call as people read them. */
export function writeArguments(value: unknown): { readonly text: string; readonly isWhole: boolean } {
  if (value === null || value === undefined) return { text: "{}", isWhole: true };
  const text = textOf(value);
  return { text: clip(text, TURN_LIMITS.maxToolText), isWhole: text.length <= TURN_LIMITS.maxToolText };
}
