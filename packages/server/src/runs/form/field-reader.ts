/** Reads the fields of one body by name and collects what is wrong with them, so that a client learns all of it at once. */

import type { Result } from "@agentos/auth";
import type { RunFormFieldName } from "@agentos/contract";
import type { Runtime, ValidationIssue } from "@agentos/guard/app";
import type { RunBody } from "./run-body.ts";

type Parse<Value> = (field: string, value: unknown) => Result<Value, ValidationIssue>;

export interface FieldReader {
  readonly issues: readonly ValidationIssue[];
  report(issue: ValidationIssue): void;
  /** Undefined also for an empty text, which counts as absent (contract 4.0). */
  given(name: RunFormFieldName): unknown;
  read<Value>(name: RunFormFieldName, parse: Parse<Value>): Value | undefined;
  /** One that the contract drops with a warning when a form has no usable JSON in it. */
  readOption<Value>(name: RunFormFieldName, parse: Parse<Value>): Value | undefined;
}

export function createFieldReader(body: RunBody, logger: Runtime["logger"]): FieldReader {
  const issues: ValidationIssue[] = [];
  const given = (name: RunFormFieldName) => {
    const value = body.values.get(name);
    return value === "" ? undefined : value;
  };
  return {
    issues,
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
      if (body.isJson || typeof value !== "string") issues.push(parsed.fault);
      else logger.warn({ field: name }, "a run option is not JSON of its type and size, and was dropped");
      return undefined;
    },
  };
}

function isNullWord(value: unknown): boolean {
  return typeof value === "string" && /^\s*(?:null|none)\s*$/i.test(value);
}
