/** Causes that the doctor names, and the way out that each prints. */
import type { CauseCode } from "@agentos/contract";
import type { FixRows } from "./fix-row.ts";

export const causeFixes = {} satisfies Partial<FixRows<CauseCode>>;
