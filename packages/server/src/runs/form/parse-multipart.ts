/**
 * A `multipart/form-data` body. The platform parses it; what would cost it seconds is counted and refused before
 * (docs/decisions/0038-forms-by-our-reader.md). Text is decoded with U+FFFD for what is not UTF-8, as in the other form.
 */

import { fail, ok, type Result } from "@agentos/auth";
import { DAMAGED, inputFault, type RequestFault } from "@agentos/guard/app";
import { MAX_PART_HEADER_BYTES } from "./form-limits.ts";
import { addFormField, createRunBody, type FieldSet, type RunBody, tooManyFields } from "./run-body.ts";

export async function parseMultipart<Name extends string>(
  bytes: Uint8Array<ArrayBuffer>,
  { boundary, maxFields }: { readonly boundary: string; readonly maxFields: number },
  fields: FieldSet<Name>,
): Promise<Result<RunBody<Name>, RequestFault>> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (countOccurrences(buffer, `--${boundary}`, maxFields + 2) > maxFields + 1)
    return tooManyFields(maxFields);
  if (!arePartHeadersShort(buffer, boundary))
    return fail({ code: "INPUT_PART_HEADERS_TOO_LARGE", limit: MAX_PART_HEADER_BYTES });
  const form = await parseByPlatform(bytes, boundary);
  if (form === undefined) return fail(inputFault(400, DAMAGED));
  const body = createRunBody<Name>(false);
  let count = 0;
  for (const [name, value] of form) {
    // Again by what the parser found: a parser that splits in another way meets the same limit.
    count += 1;
    if (count > maxFields) return tooManyFields(maxFields);
    if (fields.has(name)) addFormField(body, name, value);
  }
  return ok(body);
}

async function parseByPlatform(
  bytes: Uint8Array<ArrayBuffer>,
  boundary: string,
): Promise<FormData | undefined> {
  // INVARIANT: the parser gets the boundary that was counted, not the caller's header, which it may read in another way.
  const headers = { "content-type": `multipart/form-data; boundary="${boundary}"` };
  try {
    return await new Response(bytes, { headers }).formData();
  } catch {
    return undefined;
  }
}

/** Occurrences that do not overlap, counted up to `enough`. */
function countOccurrences(buffer: Buffer, wanted: string, enough: number): number {
  let count = 0;
  for (let at = buffer.indexOf(wanted); at !== -1 && count < enough; ) {
    count += 1;
    at = buffer.indexOf(wanted, at + wanted.length);
  }
  return count;
}

/**
 * The platform's parser needs seconds for megabytes of part headers. A pass of its own: a delimiter line cannot overlap
 * with itself, but one can start inside what {@link countOccurrences} has passed over.
 */
function arePartHeadersShort(buffer: Buffer, boundary: string): boolean {
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
