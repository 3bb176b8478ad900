/** The answer to a request that there is no room for: the contract's `detail`, and beside it the cause and the fix. */
import { type Facts, LIMITS, type LimitCode, type LimitEntry, renderText } from "@agentos/contract";
import { jsonResponse } from "./responses.ts";

/** 413, 429 or 503; the `limit` is the number that was reached. */
export function limitResponse({
  code,
  limit,
}: {
  readonly code: LimitCode;
  readonly limit: number;
}): Response {
  const entry: LimitEntry = LIMITS[code];
  const facts: Facts = { limit };
  const { status, retryAfterSeconds } = entry;
  const body = {
    type: `/errors/${code}`,
    title: renderText(entry.title, facts),
    status,
    detail: entry.detail,
    code,
    fix: renderText(entry.fix, facts),
  };
  const headers = {
    "cache-control": "no-store",
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
  };
  return jsonResponse(body, { status, headers });
}
