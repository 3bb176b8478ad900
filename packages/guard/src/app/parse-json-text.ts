/**
 * The value of a JSON text. Text that is not UTF-8 is refused. As in Python a leading BOM is passed over, and of two equal
 * keys the last counts.
 */
import { isUtf8 } from "node:buffer";
import { fail, ok, type Result } from "@agentos/auth";
import { MAX_JSON_LEVELS, MAX_JSON_MARKS } from "./body-limits.ts";
import { findJsonFault } from "./find-json-fault.ts";
import { type InputFault, inputFault, invalidFields, type RequestFault } from "./input-fault.ts";
import { findExcess, parseJson } from "./json-text.ts";

/** The value of a JSON text, once what it costs has been counted. */
export function parseJsonText(
  bytes: Uint8Array<ArrayBuffer>,
  maxMarks: number = MAX_JSON_MARKS,
): Result<unknown, RequestFault> {
  const text = decodeStrictly(bytes);
  if (text === undefined) return fail(inputFault(400, "The JSON body is not valid UTF-8"));
  const excess = findExcess(text, maxMarks, MAX_JSON_LEVELS);
  if (excess === "marks") return fail({ code: "INPUT_JSON_TOO_COMPLEX", limit: maxMarks });
  if (excess === "depth") return fail({ code: "INPUT_JSON_TOO_DEEP", limit: MAX_JSON_LEVELS });
  const parsed = parseJson(text);
  return parsed === undefined ? fail(describeFault(text)) : ok(parsed);
}

function decodeStrictly(bytes: Uint8Array<ArrayBuffer>): string | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

function describeFault(text: string): InputFault {
  const { offset = 0, error = "Expecting value" } = findJsonFault(text) ?? {};
  const loc = ["body", offset];
  return invalidFields([{ type: "json_invalid", loc, msg: "JSON decode error", input: {}, ctx: { error } }]);
}
