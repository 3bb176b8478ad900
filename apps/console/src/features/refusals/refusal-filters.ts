/** Filters of the list, as they stand in the address. Whatever else somebody has written there is left out. */

export const SPANS = ["hour", "day", "week", "all"] as const;
export type Span = (typeof SPANS)[number];

const SECONDS: Readonly<Record<Exclude<Span, "all">, number>> = { hour: 3_600, day: 86_400, week: 604_800 };

export interface RefusalFilters {
  readonly code?: string;
  readonly route?: string;
  readonly subject?: string;
  readonly client?: string;
  /** How far back. Default: all that is kept. */
  readonly span?: Exclude<Span, "all">;
  /** From 2 on. */
  readonly page?: number;
  /** Id of the record that is shown beside the list. */
  readonly open?: string;
}

const TEXTS = ["code", "route", "subject", "client", "open"] as const;
const MAX_LENGTH = 300;

export function readRefusalFilters(search: Record<string, unknown>): RefusalFilters {
  const filters: { -readonly [Name in (typeof TEXTS)[number]]?: string } & { page?: number } = {};
  const page = Number(search["page"]);
  if (Number.isInteger(page) && page > 1 && page < 1_000_000) filters.page = page;
  for (const name of TEXTS) {
    const value = search[name];
    // The router reads a number where somebody wrote one.
    const text = typeof value === "number" ? String(value) : value;
    if (typeof text === "string" && text !== "" && text.length <= MAX_LENGTH) filters[name] = text;
  }
  const span = SPANS.find((one) => one === search["span"]);
  return span === undefined || span === "all" ? filters : { ...filters, span };
}

export interface DenialQuery {
  readonly code?: string;
  readonly route?: string;
  readonly subject?: string;
  readonly client?: string;
  readonly since?: number;
}

/** What the instance is asked for. */
export function toDenialQuery(
  { code, route, subject, client, span }: RefusalFilters,
  nowSeconds: number,
): DenialQuery {
  return {
    ...(code === undefined ? {} : { code }),
    ...(route === undefined ? {} : { route }),
    ...(subject === undefined ? {} : { subject }),
    ...(client === undefined ? {} : { client }),
    ...(span === undefined ? {} : { since: Math.floor(nowSeconds) - SECONDS[span] }),
  };
}

/** Whether anything is filtered out. */
export function isFiltered({ open: _open, page: _page, ...filters }: RefusalFilters): boolean {
  return Object.keys(filters).length > 0;
}
