/** A recorded refusal in our own words: the catalogue's by its code, filled with what was recorded. */
import { type Cause, diagnose, isErrorCode } from "@agentos/auth";
import type { DenialObject } from "@agentos/contract";
import type { Context } from "../../program/context.ts";

/** The causes, the surest first; none for a code that this version does not know. */
export function explainDenial(
  denial: DenialObject,
  { now, cli }: Pick<Context, "now" | "cli">,
): readonly Cause[] {
  const common = { now: now(), cli };
  if (denial.view === "operator" && isErrorCode(denial.exact_code))
    return diagnose({ ...common, refusal: { code: denial.exact_code, facts: denial.facts } });
  if (!isErrorCode(denial.code)) return [];
  const { status, code, title, detail, fix } = denial;
  const { required_scopes: requiredScopes, missing_scopes: missingScopes } = denial;
  return diagnose({ ...common, answer: { status, code, title, detail, fix, requiredScopes, missingScopes } });
}

/** What was expected and what was got, where a record has both. */
export interface ExpectedAndGot {
  readonly what: string;
  readonly expected: string;
  readonly got: string;
}

const PAIRS: readonly (readonly [what: string, expected: string, got: string])[] = [
  ["algorithm", "expected_algorithms", "token_algorithm"],
  ["key id", "known_kids", "token_kid"],
  ["issuer", "expected_issuer", "token_issuer"],
  ["audience", "expected_audience", "token_audience"],
  ["type", "expected_type", "token_type"],
  ["scopes", "required_scopes", "held_scopes"],
];

/** The pairs, and the other facts by name. */
export function readFacts(facts: Readonly<Record<string, string | number | boolean | readonly string[]>>): {
  readonly pairs: readonly ExpectedAndGot[];
  readonly others: readonly (readonly [name: string, value: string])[];
} {
  const show = (name: string) => {
    const value = facts[name];
    if (value === undefined) return undefined;
    const text = typeof value === "object" ? value.join(", ") : String(value);
    return text === "" ? "nothing" : text;
  };
  const shown = PAIRS.filter(
    ([, expected, got]) => facts[expected] !== undefined || facts[got] !== undefined,
  );
  const named = new Set(shown.flatMap(([, expected, got]) => [expected, got]));
  return {
    pairs: shown.map(([what, expected, got]) => ({
      what,
      expected: show(expected) ?? "not recorded",
      got: show(got) ?? "not recorded",
    })),
    others: Object.keys(facts)
      .filter((name) => !named.has(name))
      .map((name) => [name, show(name) ?? ""] as const),
  };
}
