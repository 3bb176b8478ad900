/** What comes of the parameters of a tool, from zod and from a JSON schema alike. */

/** A JSON schema (draft 2020-12 or draft 7) whose type is `object`. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What is wrong with parameters, and where in them; no path where it is about the whole. */
export interface SchemaFault {
  readonly path: readonly (string | number)[];
  readonly problem: string;
  readonly suggestion: string;
}

export type CheckedArguments =
  | { readonly ok: true; readonly args: unknown }
  | { readonly ok: false; readonly problem: string };

export interface ToolSchema {
  /** What a model is shown: without the words that are about the schema itself. */
  readonly schema: JsonSchema;
  check(args: unknown): Promise<CheckedArguments>;
}

export type CompiledParameters =
  | { readonly schema: ToolSchema }
  | { readonly faults: readonly SchemaFault[] };
