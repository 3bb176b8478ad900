/** Two places side by side, for "on some machines but not others". What neither tells is shown as not told, never guessed. */
import { CLOCK_SKEW_SECONDS } from "@agentos/auth";
import { formatDuration } from "@agentos/contract/text";
import type { Examined, Traits } from "./report.ts";

export interface ComparedRow {
  readonly trait: string;
  readonly values: readonly [string, string];
  readonly outcome: "same" | "differs" | "not told";
}

const NOT_TOLD = "not told";

const TRAITS: readonly (readonly [trait: keyof Traits, label: string])[] = [
  ["mode", "mode"],
  ["version", "version"],
  ["osId", "id"],
  ["tokenIn", "token read in"],
  ["algorithms", "algorithms"],
  ["audience", "audience"],
  ["keys", "keys (thumbprints)"],
  ["repaired", "key repaired"],
];

/** Compares them, what decides about a token first. */
export function compareExamined(a: Examined, b: Examined): readonly ComparedRow[] {
  const rows = TRAITS.map(([trait, label]) =>
    compareValues(label, text(a.traits[trait]), text(b.traits[trait])),
  );
  const [left, right] = [a.traits.clockSeconds, b.traits.clockSeconds];
  const clock: ComparedRow = {
    trait: "clock",
    values: [describeClock(left), describeClock(right)],
    outcome:
      left === undefined || right === undefined
        ? "not told"
        : Math.abs(left - right) > CLOCK_SKEW_SECONDS
          ? "differs"
          : "same",
  };
  return [...rows, clock, compareValues("result", describeResult(a), describeResult(b))];
}

function compareValues(trait: string, a: string | undefined, b: string | undefined): ComparedRow {
  const outcome = a === undefined || b === undefined ? "not told" : a === b ? "same" : "differs";
  return { trait, values: [a ?? NOT_TOLD, b ?? NOT_TOLD], outcome };
}

function text(value: string | number | undefined): string | undefined {
  return value === undefined || value === "" ? undefined : String(value);
}

function describeClock(seconds: number | undefined): string {
  if (seconds === undefined) return NOT_TOLD;
  if (Math.abs(seconds) <= 2) return "as here";
  return `${formatDuration(seconds)} ${seconds > 0 ? "ahead" : "behind"}`;
}

function describeResult({ findings }: Examined): string {
  const first = findings.find(({ level }) => level === "error");
  return first === undefined ? "no error" : first.code;
}
