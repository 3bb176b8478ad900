/** What every paged list says of itself (contract 4.0). */
import { z } from "zod";

/** Where in the whole a page stands. */
export const pageMetaSchema = z
  .object({
    /** Of this page; the first is 1. */
    page: z.int(),
    /** Most that a page has. */
    limit: z.int(),
    /** Pages there are. */
    total_pages: z.int(),
    /** Entries there are, on all pages together. */
    total_count: z.int(),
    /** What the search took, in milliseconds. */
    search_time_ms: z.number(),
  })
  .meta({ id: "PageMeta", description: "where in the whole this page stands" });

/** Where in the whole a page stands. */
export type PageMeta = z.infer<typeof pageMetaSchema>;
