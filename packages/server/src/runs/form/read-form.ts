/** The body of a request as form fields, within limits. Both form encodings are read (contract 4.0). */

import { fail, ok, type Result } from "@agentos/auth";
import { type InputFault, inputFault } from "@agentos/guard/app";
import {
  MAX_BOUNDARY_LENGTH,
  MAX_CONTENT_TYPE_LENGTH,
  MAX_FORM_BYTES,
  MAX_FORM_FIELDS,
  MAX_PART_HEADER_BYTES,
} from "./form-limits.ts";
import { parseParameters } from "./parse-parameters.ts";
import { parseUrlencoded } from "./parse-urlencoded.ts";

// RFC 2046, 5.1.1. None of these needs escaping between quotes.
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]*[0-9A-Za-z'()+_,\-./:=?]$/;
const DAMAGED = "There was an error parsing the body";

export interface FormLimits {
  readonly maxBytes: number;
  readonly maxFields: number;
}

export type FormValue = ReturnType<FormData["getAll"]>[number];

/** The fields of a form, in their order; a name may be repeated. Undefined when the body is not a form at all. */
export async function readForm(
  request: Request,
  limits: FormLimits = { maxBytes: MAX_FORM_BYTES, maxFields: MAX_FORM_FIELDS },
): Promise<Result<ReadonlyMap<string, readonly FormValue[]> | undefined, InputFault>> {
  const contentType = request.headers.get("content-type") ?? "";
  const end = contentType.indexOf(";");
  const mediaType = (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
  const isMultipart = mediaType === "multipart/form-data";
  if (!isMultipart && mediaType !== "application/x-www-form-urlencoded") return ok(undefined);
  const boundary = isMultipart ? readBoundary(contentType) : undefined;
  if (boundary?.ok === false) return boundary;
  const bytes = await readBytes(request, limits.maxBytes);
  if (bytes === undefined) return fail(inputFault(413, `The form is larger than ${limits.maxBytes} bytes`));
  const fields =
    boundary === undefined
      ? readUrlencoded(bytes, limits.maxFields)
      : await readMultipart(bytes, boundary.value, limits.maxFields);
  if (!fields.ok) return fields;
  // Again after parsing, by what the parser found: a parser that splits in another way meets the same limit.
  if (fields.value.length > limits.maxFields) return tooManyFields(limits.maxFields);
  return ok(groupByName(fields.value));
}

type FormFields = readonly (readonly [name: string, value: FormValue])[];

function tooManyFields(maxFields: number) {
  return fail(inputFault(413, `The form has more than ${maxFields} fields`));
}

function readUrlencoded(bytes: Uint8Array, maxFields: number): Result<FormFields, InputFault> {
  // Counted before parsing, so that a body of a million empty fields costs one pass and no objects.
  if (countOccurrences(bytes, "&", maxFields + 1) > maxFields) return tooManyFields(maxFields);
  return ok(parseUrlencoded(bytes));
}

async function readMultipart(
  bytes: Uint8Array<ArrayBuffer>,
  boundary: string,
  maxFields: number,
): Promise<Result<FormFields, InputFault>> {
  if (countOccurrences(bytes, `--${boundary}`, maxFields + 2) > maxFields + 1)
    return tooManyFields(maxFields);
  if (!arePartHeadersShort(bytes, boundary))
    return fail(inputFault(413, `The headers of a part are larger than ${MAX_PART_HEADER_BYTES} bytes`));
  // INVARIANT: the parser gets the boundary that was counted, not the caller's header, which it may read in another way.
  const headers = { "content-type": `multipart/form-data; boundary="${boundary}"` };
  try {
    return ok([...(await new Response(bytes, { headers }).formData())]);
  } catch {
    return fail(inputFault(400, DAMAGED));
  }
}

function readBoundary(contentType: string): Result<string, InputFault> {
  if (contentType.length > MAX_CONTENT_TYPE_LENGTH)
    return fail(inputFault(400, `The content type is longer than ${MAX_CONTENT_TYPE_LENGTH} characters`));
  const end = contentType.indexOf(";");
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

function groupByName(form: FormFields): ReadonlyMap<string, readonly FormValue[]> {
  const fields = new Map<string, FormValue[]>();
  for (const [name, value] of form) {
    const values = fields.get(name);
    if (values === undefined) fields.set(name, [value]);
    else values.push(value);
  }
  return fields;
}

/** Undefined when the body outgrows the limit; the rest of it is not read. */
async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) return undefined;
  if (request.body === null) return new Uint8Array();
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  // Copied as it comes: a body sent byte by byte would otherwise cost an object for each byte.
  let bytes = new Uint8Array(Math.min(maxBytes, 64 * 1024));
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, size);
    if (size + value.byteLength > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    if (size + value.byteLength > bytes.length) {
      const larger = new Uint8Array(Math.min(maxBytes, Math.max(bytes.length * 2, size + value.byteLength)));
      larger.set(bytes.subarray(0, size));
      bytes = larger;
    }
    bytes.set(value, size);
    size += value.byteLength;
  }
}

/** Occurrences that do not overlap, counted up to `enough`. */
function countOccurrences(bytes: Uint8Array, wanted: string, enough: number): number {
  const buffer = asBuffer(bytes);
  let count = 0;
  for (let at = buffer.indexOf(wanted); at !== -1 && count < enough; ) {
    count += 1;
    at = buffer.indexOf(wanted, at + wanted.length);
  }
  return count;
}

/** The platform's parser needs seconds for megabytes of part headers. A delimiter line cannot overlap with itself. */
function arePartHeadersShort(bytes: Uint8Array, boundary: string): boolean {
  const buffer = asBuffer(bytes);
  const line = `--${boundary}\r\n`;
  for (let at = buffer.indexOf(line); at !== -1; at = buffer.indexOf(line, at)) {
    at += line.length;
    // From the line break of the delimiter, so that a part without headers counts as one of none.
    const start = at - 2;
    if (
      buffer.length - start > MAX_PART_HEADER_BYTES &&
      !buffer.subarray(start, start + MAX_PART_HEADER_BYTES).includes("\r\n\r\n")
    )
      return false;
  }
  return true;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
