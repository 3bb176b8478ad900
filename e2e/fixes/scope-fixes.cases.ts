/** Refusals for missing scopes and isolation, and the way out that each prints. */
import type { RefusalCode } from "@agentos/contract";
import type { FixRows } from "./fix-row.ts";

export const scopeFixes = {} satisfies Partial<FixRows<RefusalCode>>;
