/**
 * The form of a run request, read and checked (contract 4.3). The fields are those of the contract's allow-list; others,
 * `run_id` among them, are ignored.
 */

import { fail, ok, type Result } from "@agentos/auth";
import type { RUN_FORM_FIELDS, RunFormFieldName } from "@agentos/contract";
import { isRecord } from "@agentos/contract";
import type { Runtime } from "@agentos/guard/app";
import { type InputFault, inputFault, invalidFields, type ValidationIssue } from "@agentos/guard/app";
import type { RunForm } from "../run-form.ts";
import type { MediaKind, RunMedia } from "../runnable.ts";
import { MAX_MEDIA_COUNT, MAX_MEDIA_JSON_MARKS, MAX_MESSAGE_LENGTH } from "./form-limits.ts";
import {
  isModestJson,
  missing,
  parseBoolean,
  parseInteger,
  parseJson,
  parseJsonOption,
} from "./form-values.ts";
import { type FormLimits, type FormValue, readForm } from "./read-form.ts";
import { parseMediaEntry, readUpload } from "./read-media.ts";

type Fields = ReadonlyMap<string, readonly FormValue[]>;
type NameOf<Kind> = {
  [N in RunFormFieldName]: (typeof RUN_FORM_FIELDS)[N]["kind"] extends Kind ? N : never;
}[RunFormFieldName];

const MEDIA_FIELDS = {
  images: "image",
  audio: "audio",
  videos: "video",
  input_files: "file",
} as const satisfies Record<NameOf<"media-list">, MediaKind>;

/** Reads the body once. Faults: 400, 413, or 422 with every wrong field. */
export async function parseRunForm(
  request: Request,
  options: { readonly runtime: Pick<Runtime, "generateId" | "logger">; readonly limits?: FormLimits },
): Promise<Result<RunForm, InputFault>> {
  const form = await readForm(request, options.limits);
  if (!form.ok) return form;
  const fields: Fields = form.value ?? new Map();
  const issues: ValidationIssue[] = [];
  const take = <Value>(parsed: Result<Value, ValidationIssue>): Value | undefined => {
    if (parsed.ok) return parsed.value;
    issues.push(parsed.fault);
    return undefined;
  };

  const message = take(readMessage(fields));
  const flag = (name: NameOf<"boolean">) => {
    const text = textOf(fields, name);
    return text === undefined ? undefined : take(parseBoolean(name, text));
  };
  const stream = flag("stream") ?? true;
  const background = flag("background") ?? false;
  flag("stream_events");
  const version = textOf(fields, "version");
  if (version !== undefined) take(parseInteger("version", version));

  const factoryProblem = problemOfFactoryInput(textOf(fields, "factory_input"));
  if (factoryProblem !== undefined) return fail(inputFault(400, factoryProblem));

  const object = (name: "session_state" | "dependencies" | "metadata") => {
    const text = textOf(fields, name);
    if (text === undefined || isNull(text)) return undefined;
    const value = parseJsonOption(text);
    if (isRecord(value)) return value;
    options.runtime.logger.warn(
      { field: name },
      "a run option is not a JSON object of a sensible size and was dropped",
    );
    return undefined;
  };
  const [sessionState, dependencies, metadata] = [
    object("session_state"),
    object("dependencies"),
    object("metadata"),
  ];

  const media: RunMedia[] = [];
  for (const [name, kind] of Object.entries(MEDIA_FIELDS)) {
    const entries = mediaEntries(fields, name, options.runtime);
    if (!entries.ok) return entries;
    for (const [index, entry] of entries.value.entries()) {
      const item = take(
        parseMediaEntry(entry, { kind, loc: ["body", name, index], generateId: options.runtime.generateId }),
      );
      if (item !== undefined) media.push(item);
    }
  }
  for (const [index, upload] of (fields.get("files") ?? []).entries()) {
    if (typeof upload === "string") {
      if (upload !== "")
        issues.push({
          type: "value_error",
          loc: ["body", "files", index],
          msg: "Value error, Expected UploadFile",
          input: null,
        });
      continue;
    }
    const read = await readUpload(upload, options.runtime.generateId);
    if (read === undefined) return fail(inputFault(400, "Unsupported file type"));
    if (read.media !== undefined) media.push(read.media);
  }
  if (media.length > MAX_MEDIA_COUNT)
    return fail(inputFault(413, `The form has more than ${MAX_MEDIA_COUNT} media`));

  if (issues.length > 0 || message === undefined) return fail(invalidFields(issues));
  const sessionId = textOf(fields, "session_id");
  const userId = textOf(fields, "user_id");
  return ok({
    message,
    stream,
    background,
    sessionId,
    userId,
    sessionState,
    dependencies,
    metadata,
    media,
  });
}

function readMessage(fields: Fields): Result<string, ValidationIssue> {
  const value = fields.get("message")?.at(-1);
  if (value === undefined || value === "") return fail(missing("message"));
  const loc = ["body", "message"];
  if (typeof value !== "string")
    return fail({ type: "string_type", loc, msg: "Input should be a valid string", input: null });
  if (value.length <= MAX_MESSAGE_LENGTH) return ok(value);
  const msg = `String should have at most ${MAX_MESSAGE_LENGTH} characters`;
  return fail({ type: "string_too_long", loc, msg, input: null, ctx: { max_length: MAX_MESSAGE_LENGTH } });
}

/** The last value of a field; an empty one counts as absent, as the reference's forms do. */
function textOf(fields: Fields, name: RunFormFieldName): string | undefined {
  const value = fields.get(name)?.at(-1);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isNull(text: string): boolean {
  return /^\s*(?:null|none)\s*$/i.test(text);
}

function mediaEntries(
  fields: Fields,
  name: string,
  runtime: Pick<Runtime, "logger">,
): Result<readonly unknown[], InputFault> {
  const text = fields.get(name)?.at(-1);
  if (typeof text !== "string" || text === "" || isNull(text)) return ok([]);
  if (!isModestJson(text, MAX_MEDIA_JSON_MARKS))
    return fail(inputFault(413, `The list "${name}" has more in it than ${MAX_MEDIA_COUNT} media need`));
  const value = parseJson(text);
  if (Array.isArray(value)) return ok(value.slice(0, MAX_MEDIA_COUNT + 1));
  runtime.logger.warn({ field: name }, "a media list is not a JSON array and was dropped");
  return ok([]);
}

/** No factory exists yet, so the value is only checked; the contract answers a wrong one with 400. */
function problemOfFactoryInput(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const value = parseJsonOption(text);
  if (value === undefined) return "factory_input must be valid JSON: it cannot be parsed";
  return isRecord(value) ? undefined : `factory_input must be a JSON object, got ${pythonTypeName(value)}`;
}

function pythonTypeName(value: unknown): string {
  if (value === null) return "NoneType";
  if (Array.isArray(value)) return "list";
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  return Number.isInteger(value) ? "int" : "float";
}
