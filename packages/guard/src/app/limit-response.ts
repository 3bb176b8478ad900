/** The answer to a request that there is no room for: the contract's `detail`, and beside it the cause and the fix. */
import { type Facts, LIMITS, type LimitEntry, renderText } from "@agentos/contract";
import type { LimitFault } from "./input-fault.ts";
import { jsonResponse } from "./responses.ts";

const MEBIBYTE = 1024 * 1024;

/** 413, 414, 429 or 503. */
export function limitResponse(fault: LimitFault): Response {
  const { code } = fault;
  const { status, retryAfterSeconds }: LimitEntry = LIMITS[code];
  const { title, detail, fix } = describeLimit(fault);
  const body = { type: `/errors/${code}`, title, status, detail, code, fix };
  const headers = {
    "cache-control": "no-store",
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
  };
  return jsonResponse(body, { status, headers });
}

/** The texts of the answer, and the facts in them. */
export function describeLimit({ code, limit, needed, field }: LimitFault): {
  readonly title: string;
  readonly detail: string;
  readonly fix: string;
  readonly facts: Facts;
} {
  const entry: LimitEntry = LIMITS[code];
  const isInMebibytes = entry.unit === "MiB";
  const facts: Facts = {
    limit: isInMebibytes ? toMebibytes(limit, Math.floor) : limit,
    ...(needed === undefined ? {} : { needed: isInMebibytes ? toMebibytes(needed, Math.ceil) : needed }),
    ...(field === undefined ? {} : { field }),
  };
  return {
    title: renderText(entry.title, facts),
    detail: renderText(entry.detail, facts),
    fix: renderText(entry.fix, facts),
    facts,
  };
}

/** With two digits. A limit is rounded down and what is needed up, so that what is too much never looks as if it fits. */
function toMebibytes(bytes: number, round: (value: number) => number): number {
  return round((bytes * 100) / MEBIBYTE) / 100;
}
