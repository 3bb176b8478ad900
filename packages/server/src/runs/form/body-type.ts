/** How a body is written, by its content type, read strictly: the boundary that is counted is the one that is parsed. */

import { fail, ok, type Result } from "@agentos/auth";
import { DAMAGED, type InputFault, inputFault, invalidFields, valueIssue } from "@agentos/guard/app";
import { missing } from "./field-values.ts";
import { MAX_BOUNDARY_LENGTH, MAX_CONTENT_TYPE_LENGTH, MAX_ECHOED_TYPE_LENGTH } from "./form-limits.ts";
import { parseParameters } from "./parse-parameters.ts";

// RFC 2046, 5.1.1. None of these needs escaping between quotes.
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]*[0-9A-Za-z'()+_,\-./:=?]$/;
const JSON_TYPE = /^application\/(?:[!#$&^_.+0-9a-z-]+\+)?json$/;
// RFC 6838, 4.2: nothing in it that could upset a log or a terminal.
const HALF = `[!#$&^_.+0-9a-z-]{1,${MAX_ECHOED_TYPE_LENGTH}}`;
const ANY_TYPE = new RegExp(`^${HALF}/${HALF}$`);
const READ_TYPES = "application/json, multipart/form-data or application/x-www-form-urlencoded";

export type BodyType =
  | { readonly kind: "urlencoded" }
  | { readonly kind: "json" }
  | { readonly kind: "multipart"; readonly boundary: string };

/** `required` is the field that no body may leave out. */
export function parseBodyType(
  contentType: string,
  required: string | undefined,
): Result<BodyType, InputFault> {
  const end = contentType.indexOf(";");
  const mediaType = (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
  if (mediaType === "application/x-www-form-urlencoded") return ok({ kind: "urlencoded" });
  if (JSON_TYPE.test(mediaType)) return ok({ kind: "json" });
  if (mediaType !== "multipart/form-data") return fail(refuseType(mediaType, required));
  const boundary = readBoundary(contentType, end);
  return boundary.ok ? ok({ kind: "multipart", boundary: boundary.value }) : boundary;
}

/** Existing clients look for the missing message of a run, which stays first; what to send instead stands behind it. */
function refuseType(mediaType: string, required: string | undefined): InputFault {
  const problem = mediaType === "" ? "the body has no content type" : "this content type is not read";
  const issue = valueIssue(["header", "content-type"], `${problem}; send ${READ_TYPES}`);
  return invalidFields([
    ...(required === undefined ? [] : [missing(required)]),
    { ...issue, input: ANY_TYPE.test(mediaType) ? mediaType : null },
  ]);
}

function readBoundary(contentType: string, end: number): Result<string, InputFault> {
  if (contentType.length > MAX_CONTENT_TYPE_LENGTH)
    return fail(inputFault(400, `The content type is longer than ${MAX_CONTENT_TYPE_LENGTH} characters`));
  const parameters = end === -1 ? [] : parseParameters(contentType.slice(end));
  if (parameters === undefined) return fail(inputFault(400, DAMAGED));
  const [boundary, ...others] = parameters.filter(({ name }) => name === "boundary");
  if (boundary === undefined) return fail(inputFault(400, DAMAGED));
  if (others.length > 0) return fail(inputFault(400, "The content type names more than one boundary"));
  const { value } = boundary;
  if (value.length > MAX_BOUNDARY_LENGTH)
    return fail(inputFault(400, `The boundary is longer than ${MAX_BOUNDARY_LENGTH} characters`));
  return BOUNDARY.test(value) ? ok(value) : fail(inputFault(400, DAMAGED));
}
