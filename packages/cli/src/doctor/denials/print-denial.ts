/** Recorded refusals for people: the server's words are marked as such, the fix is our own catalogue's. */
import type { DenialObject } from "@agentos/contract";
import { formatDuration } from "@agentos/contract/text";
import type { Context } from "../../program/context.ts";
import { type Style, showUntrusted } from "../../program/terminal.ts";
import { quoteServer } from "../findings.ts";
import type { DenialCountQuery, DenialGroupPage, DenialPage, DenialQuery } from "./ask-denials.ts";
import { explainDenial, readFacts } from "./explain-denial.ts";

const MARKS = {
  passed: ["green", "✓"],
  failed: ["red", "✗"],
  "not reached": ["dim", "·"],
  "not configured": ["dim", "-"],
} as const satisfies Readonly<Record<string, readonly [Style, string]>>;

/** One of them, whole. */
export function printDenial(denial: DenialObject, context: Context): void {
  const { print, paint } = context.terminal;
  const line = (label: string, text: string) => print(`  ${label.padEnd(9)} ${showUntrusted(text)}`);
  print(
    `${paint("bold", showUntrusted(denial.denial_id))}  ${showUntrusted(denial.route)}  ${denial.status}`,
  );
  line("seen", describeTimes(denial, context.now()));
  if (denial.view === "operator") {
    line("caller", denial.subject === null ? "not verified" : describeSubject(denial));
    if (denial.client !== null) line("from", denial.client);
  } else line("view", "what the caller was told; the operator's has expected and got");

  const [cause] = explainDenial(denial, context);
  print();
  print(
    `  ${paint("red", "cause".padEnd(9))} ${paint("bold", showUntrusted(cause?.sentence ?? quoteServer(denial.title)))}`,
  );
  if (cause === undefined) line("", "(the server's own words: this version does not know its code)");
  else line(paint("green", "fix".padEnd(9)), cause.fix);
  if (cause?.command !== undefined)
    print(`  ${"".padEnd(9)} ${paint("cyan", `$ ${showUntrusted(cause.command)}`)}`);
  const exact = denial.view === "operator" ? denial.exact_code : denial.code;
  const recorded = exact === denial.code ? exact : `${exact} (the caller was shown ${denial.code})`;
  line(
    "code",
    cause === undefined || cause.code === exact ? recorded : `${cause.code}, recorded as ${recorded}`,
  );
  line("told", `"${quoteServer(denial.detail)}" (the server's own words)`);
  if (denial.view === "caller") {
    if (denial.missing_scopes !== undefined) line("missing", denial.missing_scopes.join(", "));
    return;
  }
  printFacts(denial, context);
  print();
  print(paint("dim", "  checks, in their order"));
  for (const { stage, outcome } of denial.timeline) {
    const [style, mark] = MARKS[outcome];
    print(`  ${paint(style, mark)} ${stage.padEnd(12)} ${outcome}`);
  }
}

function printFacts(
  { facts }: Extract<DenialObject, { readonly view: "operator" }>,
  { terminal: { print, paint } }: Context,
): void {
  const { pairs, others } = readFacts(facts);
  if (pairs.length > 0) {
    const rows = pairs.map(
      ({ what, expected, got }) => [what, showUntrusted(expected), showUntrusted(got)] as const,
    );
    const width = Math.min(48, Math.max(8, ...rows.map(([, expected]) => expected.length)));
    print();
    print(paint("dim", `  ${"".padEnd(9)} ${"expected".padEnd(width)}  got`));
    for (const [what, expected, got] of rows) print(`  ${what.padEnd(9)} ${expected.padEnd(width)}  ${got}`);
  }
  if (others.length > 0) print();
  for (const [name, value] of others) print(`  ${showUntrusted(name)} = ${showUntrusted(value)}`);
}

/** Several of them, one line each. */
export function printDenials(
  { denials, totalCount, query }: DenialPage & { readonly query: DenialQuery },
  context: Context,
): void {
  const {
    terminal: { print },
    now,
  } = context;
  if (denials.length === 0) {
    print(describeNone(totalCount, query));
    return;
  }
  const rows = denials.map((denial) => ({
    id: showUntrusted(denial.denial_id),
    code: showUntrusted(denial.view === "operator" ? denial.exact_code : denial.code),
    route: showUntrusted(denial.route),
    times: `${denial.count}x, ${ago(denial.last_seen_at, now())}`,
    who: denial.view === "operator" ? showUntrusted(denial.subject ?? denial.client ?? "") : "",
  }));
  const width = (name: "id" | "code" | "route" | "times") => Math.max(...rows.map((row) => row[name].length));
  for (const row of rows)
    print(
      `${row.id.padEnd(width("id"))}  ${row.code.padEnd(width("code"))}  ${row.route.padEnd(width("route"))}  ${row.times.padEnd(width("times"))}  ${row.who}`.trimEnd(),
    );
  printMore(rows.length, { totalCount, query }, context);
}

function describeNone(totalCount: number | undefined, { page = 1 }: DenialQuery): string {
  return totalCount === undefined || totalCount === 0
    ? "no recorded refusals that this credential may see"
    : `nothing is on page ${page}: there are ${totalCount} in all`;
}

/** Behind this page; those before it somebody has seen. */
function printMore(
  shown: number,
  { totalCount = 0, query: { page = 1, limit = DEFAULT_LIMIT } }: MorePages,
  { terminal: { print, paint } }: Context,
): void {
  const more = totalCount - (page - 1) * limit - shown;
  if (more > 0) print(paint("dim", `${more} more: --page ${page + 1}, or a larger --limit`));
}

interface MorePages {
  readonly totalCount: number | undefined;
  readonly query: DenialQuery;
}

/** Of a server that is not told (contract: `denialQuerySchema`). */
const DEFAULT_LIMIT = 20;

/** How many there were of each, one line each. */
export function printDenialCounts(
  { groups, totalCount, query }: DenialGroupPage & { readonly query: DenialCountQuery },
  context: Context,
): void {
  const {
    terminal: { print },
    now,
  } = context;
  if (groups.length === 0) {
    print(describeNone(totalCount, query));
    return;
  }
  const rows = groups.map(({ value, count, last_seen_at: last }) => ({
    count: `${count}x`,
    value: showUntrusted(describeValue(value, query.by)),
    time: ago(last, now()),
  }));
  const width = (name: "count" | "value") => Math.max(...rows.map((row) => row[name].length));
  for (const { count, value, time } of rows)
    print(`${count.padStart(width("count"))}  ${value.padEnd(width("value"))}  last ${time}`);
  printMore(rows.length, { totalCount, query }, context);
}

function describeValue(value: string | null, by: string): string {
  if (value === null) return by === "subject" ? "(not verified)" : "(not known)";
  const date = new Date(Number(value) * 1_000);
  return by === "hour" && !Number.isNaN(date.getTime()) ? date.toISOString().replace(":00.000Z", "Z") : value;
}

function describeTimes({ count, created_at: first, last_seen_at: last }: DenialObject, now: number): string {
  return count === 1 ? ago(last, now) : `${count} times, first ${ago(first, now)}, last ${ago(last, now)}`;
}

function ago(time: number, now: number): string {
  const seconds = Math.round(now - time);
  return seconds < 1 ? "just now" : `${formatDuration(seconds)} ago`;
}

function describeSubject({ subject, issuer }: Extract<DenialObject, { readonly view: "operator" }>): string {
  return issuer === null ? (subject ?? "") : `${subject ?? ""} of issuer ${issuer}`;
}
