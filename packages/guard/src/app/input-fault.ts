/** Input that cannot be used: a value, turned into a response by `responses.ts`. Shapes are the contract's (4.0). */
import type { LimitCode } from "@agentos/contract";
import { redactTokens } from "../log/redact-tokens.ts";

/** What is said back of a text, UTF-16 units. */
const MAX_ECHOED_LENGTH = 1_000;

export interface ValidationIssue {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
  readonly ctx?: Readonly<Record<string, unknown>>;
}

export type InputFault =
  | {
      readonly status: 400 | 403 | 404 | 409;
      /** Of the contract where it has one. */
      readonly detail: string;
      /** What to do, where the contract's words do not say it. */
      readonly fix?: string;
    }
  | { readonly status: 422; readonly detail: readonly ValidationIssue[] };

/** A limit that a request would break: a value, turned into a response by `limitResponse`. */
export interface LimitFault {
  readonly code: LimitCode;
  /** The number that was reached; of memory in bytes. */
  readonly limit: number;
  /** What the request needs of it, in the same unit; for texts that say so. */
  readonly needed?: number | undefined;
  /** The field of the body that it is about; for texts that say so. */
  readonly field?: string | undefined;
}

/** All that may be wrong with a request whose caller was let in. */
export type RequestFault = InputFault | LimitFault;

/** An answer other than 422. */
export function inputFault(status: 400 | 403 | 404 | 409, detail: string, fix?: string): InputFault {
  return fix === undefined ? { status, detail } : { status, detail, fix };
}

/** Status 422, with every wrong field. */
export function invalidFields(issues: readonly ValidationIssue[]): InputFault {
  return { status: 422, detail: issues };
}

/** A rule of ours about one field, in the words that validation libraries of existing clients expect. The value is not echoed. */
export function valueIssue(loc: ValidationIssue["loc"], problem: string): ValidationIssue {
  return { type: "value_error", loc, msg: `Value error, ${problem}`, input: null };
}

/** What may be said back of a wrong value: the start of a text that does not look like a token, a number, a boolean. */
export function echo(value: unknown): unknown {
  if (typeof value === "string")
    return redactTokens(value) === value ? value.slice(0, MAX_ECHOED_LENGTH).toWellFormed() : null;
  return typeof value === "number" || typeof value === "boolean" ? value : null;
}
