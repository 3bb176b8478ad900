/** The body of a request as form fields, within limits. Both form encodings are read (contract 4.0). */

import { type Checked, refuse } from "../input-fault.ts";
import { MAX_FORM_BYTES, MAX_FORM_FIELDS } from "../limits.ts";

export interface FormLimits {
  readonly maxBytes: number;
  readonly maxFields: number;
}

export type FormValue = ReturnType<FormData["getAll"]>[number];

/** The fields of a form, in their order; a name may be repeated. Undefined when the body is not a form at all. */
export async function readForm(
  request: Request,
  limits: FormLimits = { maxBytes: MAX_FORM_BYTES, maxFields: MAX_FORM_FIELDS },
): Promise<Checked<ReadonlyMap<string, readonly FormValue[]> | undefined>> {
  const contentType = request.headers.get("content-type") ?? "";
  const mediaType = contentType.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "multipart/form-data" && mediaType !== "application/x-www-form-urlencoded") {
    return { ok: true, value: undefined };
  }
  const bytes = await readBytes(request, limits.maxBytes);
  if (bytes === undefined) return refuse(413, `The form is larger than ${limits.maxBytes} bytes`);
  // Counted before parsing, so that a body of a million empty fields costs one pass and no objects.
  const separator = mediaType === "multipart/form-data" ? multipartDelimiter(contentType) : "&";
  if (separator === undefined) return refuse(400, "There was an error parsing the body");
  if (
    countOccurrences(bytes, new TextEncoder().encode(separator), limits.maxFields + 2) >
    limits.maxFields + 1
  ) {
    return refuse(413, `The form has more than ${limits.maxFields} fields`);
  }
  try {
    const form = await new Response(bytes, { headers: { "content-type": contentType } }).formData();
    return { ok: true, value: groupByName(form) };
  } catch {
    return refuse(400, "There was an error parsing the body");
  }
}

function groupByName(form: FormData): ReadonlyMap<string, readonly FormValue[]> {
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
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

function multipartDelimiter(contentType: string): string | undefined {
  const match = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  return boundary === undefined ? undefined : `--${boundary}`;
}

function countOccurrences(bytes: Uint8Array, wanted: Uint8Array, enough: number): number {
  const first = wanted[0];
  if (first === undefined) return 0;
  let count = 0;
  for (let at = bytes.indexOf(first); at !== -1 && count < enough; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) count += 1;
  }
  return count;
}
