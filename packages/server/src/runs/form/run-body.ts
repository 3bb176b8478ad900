/** What the body of a request about a run says, whichever way it was written: the known fields and the uploads, not yet checked. */

import { fail } from "@agentos/auth";
import { RUN_FORM_FIELDS, type RunFormFieldName } from "@agentos/contract";
import type { LimitFault } from "@agentos/guard/app";

export interface FormLimits {
  readonly maxBytes: number;
  readonly maxFields: number;
}

/** Text, or an upload. */
export type FormValue = ReturnType<FormData["getAll"]>[number];
export type Upload = Exclude<FormValue, string>;

/** Stands for an upload where a value belongs: of no JSON type, so every field refuses it by its own name. */
export const MISPLACED_UPLOAD = Symbol("an upload in place of a value");

/** The fields that are read of a body; others are ignored. */
export interface FieldSet<Name extends string> {
  readonly has: (name: string) => name is Name;
  /** Of its names, bytes. */
  readonly longestName: number;
  /** One that no body may leave out; undefined: the body itself may be left out. */
  readonly required: Name | undefined;
}

export function createFieldSet<Name extends string>(
  fields: Readonly<Record<Name, unknown>>,
  required?: NoInfer<Name>,
): FieldSet<Name> {
  return {
    required,
    has: (name): name is Name => Object.hasOwn(fields, name),
    longestName: Math.max(...Object.keys(fields).map((name) => Buffer.byteLength(name))),
  };
}

/** Those of `POST /agents/{id}/runs`. */
export const RUN_FIELDS: FieldSet<RunFormFieldName> = createFieldSet(RUN_FORM_FIELDS, "message");

export interface RunBody<Name extends string = RunFormFieldName> {
  /** JSON is held to its types. A form has only text, and the contract drops what an option of it cannot be. */
  readonly isJson: boolean;
  /** The last value of each known field: text in a form, anything but null in JSON. */
  readonly values: Map<Name, unknown>;
  /** What a form sends as `files`, in its order. */
  readonly files: FormValue[];
}

export function createRunBody<Name extends string>(isJson: boolean): RunBody<Name> {
  return { isJson, values: new Map(), files: [] };
}

/** Keeps one field of a form. A repeated field says what it says last; only `files` may be several. */
export function addFormField<Name extends string>(body: RunBody<Name>, name: Name, value: FormValue): void {
  if (name === "files") body.files.push(value);
  else body.values.set(name, typeof value === "string" ? value : MISPLACED_UPLOAD);
}

export function tooManyFields(maxFields: number): { readonly ok: false; readonly fault: LimitFault } {
  return fail({ code: "INPUT_FIELDS_TOO_MANY", limit: maxFields });
}
