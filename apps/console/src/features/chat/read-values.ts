/** Values of an instance as text that can be shown: bounded, whatever they are. */
import { isUsableId } from "../../lib/strangers-names.ts";
import { clip } from "../../lib/words.ts";
import { writeJson } from "./write-json.ts";

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
  return writeJson(value, TURN_LIMITS.maxText).text;
}

export function nameOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? clip(value, TURN_LIMITS.maxName) : undefined;
}

/** An id as it can be part of an address; one that cannot be is none. */
export function idOf(value: unknown): string | undefined {
  return isUsableId(value) && value.length <= TURN_LIMITS.maxName ? value : undefined;
}

export function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Arguments of a tool call as people read them. */
export function writeArguments(value: unknown): string {
  const { text, isWhole } = writeJson(value ?? {}, TURN_LIMITS.maxToolText);
  return isWhole ? text : `${text}…`;
}

/** What is nested too deeply can be read, and not written. */
export function canBeWritten(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
}
