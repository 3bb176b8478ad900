/** Which part of a list an answer has (contract 4.0). */
import type { PageMeta } from "@agentos/contract";

export interface FoundPage {
  readonly page: number;
  readonly limit: number;
  /** Entries of all pages. */
  readonly totalCount: number;
  /** `performance.now()` before it was looked for. */
  readonly start: number;
}

export function describePage({ page, limit, totalCount, start }: FoundPage): PageMeta {
  return {
    page,
    limit,
    total_pages: Math.ceil(totalCount / limit),
    total_count: totalCount,
    search_time_ms: Math.round((performance.now() - start) * 100) / 100,
  };
}
