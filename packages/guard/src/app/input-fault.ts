/** Input that cannot be used: a value, turned into a response by `responses.ts`. Shapes are the contract's (4.0). */

export interface ValidationIssue {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
  readonly ctx?: Readonly<Record<string, unknown>>;
}

export type InputFault =
  | { readonly status: 400 | 403 | 404 | 413; readonly detail: string }
  | { readonly status: 422; readonly detail: readonly ValidationIssue[] };

/** An answer other than 422. */
export function inputFault(status: 400 | 403 | 404 | 413, detail: string): InputFault {
  return { status, detail };
}

/** Status 422, with every wrong field. */
export function invalidFields(issues: readonly ValidationIssue[]): InputFault {
  return { status: 422, detail: issues };
}

/** A rule of ours about one field, in the words that validation libraries of existing clients expect. The value is not echoed. */
export function valueIssue(loc: ValidationIssue["loc"], problem: string): ValidationIssue {
  return { type: "value_error", loc, msg: `Value error, ${problem}`, input: null };
}
