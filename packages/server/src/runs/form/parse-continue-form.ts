/**
 * The body of a `/continue`, form or JSON, read and checked (contract 4.3). What cannot be read as decisions is a 400 in
 * the contract's words; nothing of it is dropped, since somebody meant it.
 */
import { fail, ok, type Result } from "@agentos/auth";
import { CONTINUE_FORM_FIELDS } from "@agentos/contract";
import {
  type InputFault,
  inputFault,
  invalidFields,
  parseJson,
  type RequestFault,
  type Runtime,
  valueIssue,
} from "@agentos/guard/app";
import type { ContinueForm } from "../continue-form.ts";
import { readDecisions } from "../read-decisions.ts";
import { createFieldReader } from "./field-reader.ts";
import { parseBoolean, parseMessage, parseText } from "./field-values.ts";
import { MAX_CONTINUE_BYTES, MAX_FORM_FIELDS } from "./form-limits.ts";
import { findOptionExcess } from "./json-text.ts";
import { readBody } from "./read-body.ts";
import { createFieldSet } from "./run-body.ts";

/**
 * `message` is that of a run: somebody who sends it here means `input`. `requirements` are a team's decisions. Neither
 * must get lost.
 */
const FIELDS = createFieldSet({ ...CONTINUE_FORM_FIELDS, message: "", requirements: "" });
const LIMITS = { maxBytes: MAX_CONTINUE_BYTES, maxFields: MAX_FORM_FIELDS };

export async function parseContinueForm(
  request: Request,
  { logger }: Pick<Runtime, "logger">,
): Promise<Result<ContinueForm, RequestFault>> {
  const body = await readBody(request, FIELDS, LIMITS);
  if (!body.ok) return body;
  const fields = createFieldReader(body.value, logger);
  const flag = (name: Parameters<typeof fields.given>[0]) => fields.read(name, parseBoolean) ?? false;

  const stream = fields.read("stream", parseBoolean) ?? true;
  const background = flag("background");
  const isFork = flag("fork");
  const isRegenerated = flag("regenerate");
  const replacesOriginal = flag("replace_original");
  const sessionId = fields.read("session_id", parseText);
  const userId = fields.read("user_id", parseText);
  const input = fields.read("input", parseMessage);
  const additionalInstructions = fields.read("additional_instructions", parseMessage);
  if (fields.given("message") !== undefined) fields.report(valueIssue(["body", "message"], NO_MESSAGE));
  if (fields.issues.length > 0) return fail(invalidFields(fields.issues));

  if (hasItems(fields.given("requirements"))) return fail(NO_REQUIREMENTS);
  const decisions = parseTools(fields.given("tools"));
  if (!decisions.ok) return decisions;
  const continueFrom = parseContinueFrom(fields.given("continue_from"));
  if (continueFrom === undefined) return fail(inputFault(400, WRONG_PLACE));
  return ok({
    decisions: decisions.value,
    sessionId,
    userId,
    stream,
    background,
    input,
    continueFrom,
    isFork,
    isRegenerated,
    replacesOriginal,
    additionalInstructions,
  });
}

/** A text, or in a JSON body the list itself. */
function parseTools(value: unknown): Result<ContinueForm["decisions"], InputFault> {
  if (value === undefined) return ok([]);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const excess = findOptionExcess(text ?? "");
  if (excess !== undefined) return fail(wrongTools(excess));
  const parsed = typeof value === "string" ? parseJson(value) : value;
  if (parsed === undefined) return fail(inputFault(400, "Invalid JSON in tools field"));
  const read = readDecisions(parsed);
  return read.ok ? read : fail(wrongTools(read.fault));
}

const NO_REQUIREMENTS = inputFault(
  400,
  "requirements are not read for an agent's run: send the tool calls of its pause, with the decisions, as tools",
);

/** An empty list decides nothing, like no list. */
function hasItems(value: unknown): boolean {
  const list = typeof value === "string" ? parseJson(value) : value;
  return value !== undefined && !(Array.isArray(list) && list.length === 0);
}

function wrongTools(problem: string): InputFault {
  return inputFault(400, `Invalid structure or content for tools: ${problem}`);
}

const NO_MESSAGE = 'to continue a run there is no "message": what the user says more is "input"';
const WRONG_PLACE = "Invalid continue_from. Use 'end', 'last_user', or a numeric message index.";

function parseContinueFrom(value: unknown): ContinueForm["continueFrom"] | undefined {
  if (value === undefined) return "end";
  if (value === "end" || value === "last_user") return value;
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  return typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
