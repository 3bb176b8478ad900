/** Reads the fields of one body by name and collects what is wrong with them, so that a client learns all of it at once. */

import type { Result } from "@agentos/auth";
import type { RunFormFieldName } from "@agentos/contract";
import type { LimitFault, Runtime, ValidationIssue } from "@agentos/guard/app";
import type { RunBody } from "./run-body.ts";

type Parse<Value, Fault = ValidationIssue> = (field: string, value: unknown) => Result<Value, Fault>;

/** Why a form goes on without an option (contract 4.3), by the type of the issue. Any other issue is refused. */
const DROPPED: Readonly<Record<string, string>> = {
  dict_type: "is not a JSON object",
  list_type: "is not a JSON list",
  string_unicode: "has half of a surrogate pair in it",
};

export interface FieldReader<Name extends string = RunFormFieldName> {
  readonly issues: readonly ValidationIssue[];
  /** The first option that is over a limit with a code of its own. */
  excess(): LimitFault | undefined;
  report(issue: ValidationIssue): void;
  /** Undefined also for an empty text, which counts as absent (contract 4.0). */
  given(name: Name): unknown;
  read<Value>(name: Name, parse: Parse<Value>): Value | undefined;
  /** One that the contract drops with a warning when a form has no usable JSON in it. */
  readOption<Value>(name: Name, parse: Parse<Value, ValidationIssue | LimitFault>): Value | undefined;
}

export function createFieldReader<Name extends string>(
  body: RunBody<Name>,
  logger: Runtime["logger"],
): FieldReader<Name> {
  const issues: ValidationIssue[] = [];
  let excess: LimitFault | undefined;
  const given = (name: Name) => {
    const value = body.values.get(name);
    return value === "" ? undefined : value;
  };
  return {
    issues,
    excess() {
      return excess;
    },
    report(issue) {
      issues.push(issue);
    },
    given,
    read(name, parse) {
      const value = given(name);
      if (value === undefined) return undefined;
      const parsed = parse(name, value);
      if (parsed.ok) return parsed.value;
      issues.push(parsed.fault);
      return undefined;
    },
    readOption(name, parse) {
      const value = given(name);
      if (value === undefined || isNullWord(value)) return undefined;
      const parsed = parse(name, value);
      if (parsed.ok) return parsed.value;
      const { fault } = parsed;
      if ("code" in fault) {
        excess ??= fault;
        return undefined;
      }
      const problem = body.isJson || typeof value !== "string" ? undefined : DROPPED[fault.type];
      if (problem === undefined) issues.push(fault);
      else logger.warn({ field: name }, `"${name}" ${problem}; the run goes on without it`);
      return undefined;
    },
  };
}

function isNullWord(value: unknown): boolean {
  return typeof value === "string" && /^\s*(?:null|none)\s*$/i.test(value);
}
