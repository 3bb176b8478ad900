/**
 * The body of a run request, read and checked (contract 4.3). The fields are those of the contract's allow-list; others,
 * `run_id` among them, are ignored. A JSON body has the same fields with JSON's own types
 * (docs/decisions/0048-one-body-two-writings.md).
 */

import { fail, ok, type Result } from "@agentos/auth";
import { isRecord } from "@agentos/contract";
import {
  inputFault,
  invalidFields,
  parseJson,
  type RequestFault,
  type Runtime,
  type ValidationIssue,
  valueIssue,
} from "@agentos/guard/app";
import type { RunForm } from "../run-form.ts";
import { createFieldReader } from "./field-reader.ts";
import {
  missing,
  parseBoolean,
  parseInteger,
  parseMessage,
  parseObject,
  parseState,
  parseText,
} from "./field-values.ts";
import { MAX_OPTION_TEXT_LENGTH } from "./form-limits.ts";
import { findOptionExcess, findOptionOverlength, looksLikeJson } from "./json-text.ts";
import { readBody } from "./read-body.ts";
import { readMediaFields } from "./read-media-fields.ts";
import { type FormLimits, RUN_FIELDS } from "./run-body.ts";

/** Reads the body once. Faults: 400, 413, or 422 with every wrong field. */
export async function parseRunForm(
  request: Request,
  options: { readonly runtime: Pick<Runtime, "generateId" | "logger">; readonly limits?: FormLimits },
): Promise<Result<RunForm, RequestFault>> {
  const { generateId, logger } = options.runtime;
  const body = await readBody(request, RUN_FIELDS, options.limits);
  if (!body.ok) return body;
  const fields = createFieldReader(body.value, logger);

  const message = fields.read("message", parseMessage);
  if (fields.given("message") === undefined) fields.report(missing("message"));
  const stream = fields.read("stream", parseBoolean) ?? true;
  const background = fields.read("background", parseBoolean) ?? false;
  // Not used yet, and wrong values are refused all the same (contract 4.0).
  fields.read("stream_events", parseBoolean);
  fields.read("version", parseInteger);
  const sessionId = fields.read("session_id", parseText);
  const userId = fields.read("user_id", parseText);

  const factoryProblem = problemOfFactoryInput(fields.given("factory_input"));
  if (factoryProblem !== undefined) return fail(inputFault(400, factoryProblem));
  const sessionState = fields.readOption("session_state", parseState);
  const dependencies = fields.readOption("dependencies", parseObject);
  const metadata = fields.readOption("metadata", parseObject);

  const excess = fields.excess();
  if (excess !== undefined) return fail(excess);

  const media = await readMediaFields(fields, { files: body.value.files, generateId });
  if (!media.ok) return media;
  for (const issue of refuseJsonFiles(fields.given("files"))) fields.report(issue);

  if (fields.issues.length > 0 || message === undefined) return fail(invalidFields(fields.issues));
  return ok({
    message,
    stream,
    background,
    sessionId,
    userId,
    sessionState,
    dependencies,
    metadata,
    media: media.value,
  });
}

/** Only a JSON body has a value here; an empty list says that there are none. */
function refuseJsonFiles(value: unknown): readonly ValidationIssue[] {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return [];
  const problem =
    'files cannot be sent as JSON; send base64 "content" in "input_files", "images", "audio" or "videos", or send multipart/form-data';
  return [valueIssue(["body", "files"], problem)];
}

/** No factory exists yet, so the value is only checked; the contract answers a wrong one with 400. */
function problemOfFactoryInput(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const isText = typeof value === "string";
  const isTooLong = isText && value.length > MAX_OPTION_TEXT_LENGTH;
  const excess = isTooLong ? findOptionOverlength(value) : isText ? findOptionExcess(value) : undefined;
  if (isText && excess !== undefined && looksLikeJson(value)) return tooLarge(excess);
  const parsed = isText ? (excess === undefined ? parseJson(value) : undefined) : value;
  if (parsed === undefined) return "factory_input must be valid JSON: it cannot be parsed";
  if (!isRecord(parsed)) return `factory_input must be a JSON object, got ${pythonTypeName(parsed)}`;
  const json = JSON.stringify(parsed);
  const problem = findOptionExcess(json) ?? findOptionOverlength(json);
  return problem && tooLarge(problem);
}

const tooLarge = (problem: string) => `factory_input is too large: ${problem}`;

function pythonTypeName(value: unknown): string {
  if (value === null) return "NoneType";
  if (Array.isArray(value)) return "list";
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  if (typeof value !== "number") return "UploadFile";
  return Number.isInteger(value) ? "int" : "float";
}
