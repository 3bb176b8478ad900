/** Requests that there is no room for, and the way out that each prints. */
import type { LimitCode } from "@agentos/contract";
import type { FixRows } from "./fix-row.ts";

export const limitFixes = {} satisfies Partial<FixRows<LimitCode>>;
