/** Bodies of errors that are not refusals: always `{"detail": …}` (contract 4.0), some with a `fix`, never an exception's text. */
import type { InputFault } from "./input-fault.ts";

/** A JSON answer as the contract writes it: compact, UTF-8. */
export function jsonResponse(
  body: unknown,
  init: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): Response {
  return new Response(JSON.stringify(body), {
    status: init.status ?? 200,
    headers: { ...init.headers, "content-type": "application/json" },
  });
}

const JSON_TEXT = Object.freeze({
  status: 200,
  headers: Object.freeze({ "content-type": "application/json" }),
});

/** The same of a text that is JSON already, for answers that do not change from request to request. */
export function jsonTextResponse(text: string): Response {
  return new Response(text, JSON_TEXT);
}

function errorResponse(
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return jsonResponse({ detail }, { status, headers });
}

/** 400, 403, 404, 409 or 422. */
export function faultResponse(fault: InputFault): Response {
  const { status, ...body } = fault;
  return jsonResponse(body, { status });
}

/** What was sent is no request that HTTP knows; `problem` says why, and repeats nothing of it. */
export function badRequest(problem: string): Response {
  return errorResponse(400, `Bad Request: ${problem}`);
}

export function notFound(detail = "Not Found"): Response {
  return errorResponse(404, detail);
}

export function methodNotAllowed(allow: readonly string[]): Response {
  return errorResponse(405, "Method Not Allowed", { allow: allow.join(", ") });
}

/** The next attempt may be made at once. */
export function unavailable(problem: string): Response {
  return errorResponse(503, `Service Unavailable: ${problem}`, { "retry-after": "1" });
}

/** What went wrong is in the log under the id, and nowhere else (Q12). */
export function internalError(requestId: string): Response {
  const headers = { "x-request-id": requestId };
  return jsonResponse({ detail: "Internal server error", request_id: requestId }, { status: 500, headers });
}
