/**
 * The bytes of a body, never more than the limit. Node's HTTP parser ends a body at its `content-length`, so behind
 * `@hono/node-server` that header bounds it, and a small body is read without the web stream, which costs a hundred
 * microseconds. Anything else, chunks and hand-made requests, is copied as it comes and cut at the limit: sent byte by
 * byte, it would otherwise cost an object for each.
 */

import { fail, ok, type Result } from "@agentos/auth";
import { MAX_PIECEWISE_BYTES } from "./body-limits.ts";
import { inputFault, type LimitFault, type RequestFault } from "./input-fault.ts";
import { requireCaller } from "./late-body.ts";

export const DAMAGED = "There was an error parsing the body";
const FIRST_BUFFER_BYTES = 4 * 1024;

/** The bytes are the caller's to change. Rejects where who sent them was shut out meanwhile. */
export async function readBytes(
  request: Request,
  maxBytes: number,
): Promise<Result<Uint8Array<ArrayBuffer>, RequestFault>> {
  const bytes = await read(request, maxBytes);
  // INVARIANT: here, since every body of ours is read here.
  if (bytes.ok) await requireCaller(request);
  return bytes;
}

async function read(
  request: Request,
  maxBytes: number,
): Promise<Result<Uint8Array<ArrayBuffer>, RequestFault>> {
  if (request.bodyUsed) throw new Error("the body was consumed before it was read");
  const header = request.headers.get("content-length");
  const length = header === null ? undefined : Number(header);
  const tooLarge = fail<LimitFault>({ code: "INPUT_BODY_TOO_LARGE", limit: maxBytes });
  if (length !== undefined && length > maxBytes) return tooLarge;
  try {
    const bytes =
      length !== undefined && length <= MAX_PIECEWISE_BYTES && isViewOfConnection(request)
        ? new Uint8Array(await request.arrayBuffer())
        : await readStream(request.body, maxBytes);
    return bytes === undefined || bytes.length > maxBytes ? tooLarge : ok(bytes);
  } catch {
    // The client went away, or sent framing that its host refuses: the fault is not the server's.
    return fail(inputFault(400, DAMAGED));
  }
}

/**
 * True for what only looks like a `Request`: no constructor made it, so it is the host's view of its connection. One
 * that was constructed can hold any stream under any header, such as an unzipped body under the length of the zipped.
 */
function isViewOfConnection(request: Request): boolean {
  const prototype: unknown = Object.getPrototypeOf(request);
  return typeof prototype === "object" && prototype !== null && !Object.hasOwn(prototype, "constructor");
}

/** Undefined when the stream outgrows the limit; the rest of it is not read. */
async function readStream(
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (stream === null) return new Uint8Array();
  const reader = stream.getReader();
  let bytes = new Uint8Array(Math.min(maxBytes, FIRST_BUFFER_BYTES));
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, size);
    const end = size + value.byteLength;
    if (end > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    if (end > bytes.length) {
      const larger = new Uint8Array(Math.min(maxBytes, Math.max(bytes.length * 2, end)));
      larger.set(bytes.subarray(0, size));
      bytes = larger;
    }
    bytes.set(value, size);
    size = end;
  }
}
