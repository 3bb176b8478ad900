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

export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly fault: InputFault };

export function refuse(
  status: 400 | 403 | 404 | 413,
  detail: string,
): { readonly ok: false; readonly fault: InputFault } {
  return { ok: false, fault: { status, detail } };
}

export function refuseIssues(issues: readonly ValidationIssue[]): {
  readonly ok: false;
  readonly fault: InputFault;
} {
  return { ok: false, fault: { status: 422, detail: issues } };
}

/** A rule of ours about one field, in the words that validation libraries of existing clients expect. The value is not echoed. */
export function valueIssue(loc: ValidationIssue["loc"], problem: string): ValidationIssue {
  return { type: "value_error", loc, msg: `Value error, ${problem}`, input: null };
}
