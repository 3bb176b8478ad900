/** Records of an instance are its words: what has another type than a page counts on is left out, and so is what was not asked for. */
import type { AgentOSClient } from "@agentos/client";
import type { Denial } from "../../lib/explain-refusal.ts";
import { isUsableId } from "../../lib/strangers-names.ts";

export type DenialList = Awaited<ReturnType<AgentOSClient["denials"]["list"]>>;
export type DenialCounts = Awaited<ReturnType<AgentOSClient["denials"]["count"]>>;

export function readDenials(found: DenialList, limit: number): DenialList {
  const data = found.data.slice(0, limit).flatMap((denial) => readDenial(denial) ?? []);
  return { data, meta: readMeta(found.meta, limit) };
}

export function readDenialCounts(found: DenialCounts, limit: number): DenialCounts {
  const data = found.data
    .slice(0, limit)
    .filter((row) => isObject(row) && isText(row["value"] ?? "") && isNumber(row["count"]));
  return { data, meta: readMeta(found.meta, limit) };
}

const TEXTS = ["code", "title", "detail", "fix", "route"] as const;
const NUMBERS = ["status", "created_at", "last_seen_at", "count"] as const;
const LISTS = ["required_scopes", "missing_scopes"] as const;

/** Null where it is no record. */
export function readDenial(denial: Denial): Denial | null {
  const row: unknown = denial;
  if (!isObject(row) || !isUsableId(row["denial_id"])) return null;
  const isRecord =
    TEXTS.every((name) => isText(row[name])) &&
    NUMBERS.every((name) => isNumber(row[name])) &&
    LISTS.every((name) => row[name] === undefined || isTexts(row[name]));
  if (!isRecord) return null;
  if (row["view"] === "caller") return denial;
  const isOperators =
    row["view"] === "operator" &&
    isText(row["exact_code"]) &&
    Array.isArray(row["timeline"]) &&
    row["timeline"].every((step) => isObject(step) && isText(step["stage"]) && isText(step["outcome"])) &&
    isObject(row["facts"]) &&
    Object.values(row["facts"]).every(isFact) &&
    ["subject", "issuer", "client"].every((name) => row[name] === null || isText(row[name]));
  return isOperators ? denial : null;
}

/** Without it there is one page. */
function readMeta(meta: DenialList["meta"], limit: number): DenialList["meta"] {
  const row: unknown = meta;
  const number = (name: string, otherwise: number) =>
    isObject(row) && isNumber(row[name]) ? row[name] : otherwise;
  return {
    page: number("page", 1),
    limit,
    total_pages: number("total_pages", 1),
    total_count: number("total_count", 0),
    search_time_ms: 0,
  };
}

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
const isFact = (value: unknown) =>
  isText(value) || isNumber(value) || typeof value === "boolean" || isTexts(value);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
