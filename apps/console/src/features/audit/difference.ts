/** What was there before beside what is there now, field by field. */
import { describeExact } from "../../lib/time-words.ts";
import { clip } from "../../lib/words.ts";

type Values = Readonly<Record<string, unknown>> | null;

export interface FieldDifference {
  readonly field: string;
  /** Undefined where there was none. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** For lists of words: what came and what went. Undefined for anything else, and where all of it is new. */
  readonly list: { readonly added: readonly string[]; readonly removed: readonly string[] } | undefined;
  readonly isChanged: boolean;
}

const MAX_TEXT = 2_000;

/** Fields of either side in their order; `after` decides where both have one. */
export function compareValues(before: Values, after: Values): readonly FieldDifference[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...fields].map((field) => {
    const was = valueOf(before, field);
    const is = valueOf(after, field);
    return {
      field,
      before: was === undefined ? undefined : tellValue(field, was),
      after: is === undefined ? undefined : tellValue(field, is),
      list:
        isWords(was) && isWords(is)
          ? {
              added: is.filter((word) => !was.includes(word)),
              removed: was.filter((word) => !is.includes(word)),
            }
          : undefined,
      isChanged: JSON.stringify(was) !== JSON.stringify(is),
    };
  });
}

function valueOf(values: Values, field: string): unknown {
  return values !== null && Object.hasOwn(values, field) ? values[field] : undefined;
}

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function tellValue(field: string, value: unknown): string {
  if (value === null) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return field.endsWith("_at") ? describeExact(value) : String(value);
  if (typeof value === "string") return value === "" ? "empty" : clip(value, MAX_TEXT);
  if (isWords(value)) return value.length === 0 ? "none" : clip(value.join(" "), MAX_TEXT);
  return clip(JSON.stringify(value), MAX_TEXT);
}
