/** Faults of keys, of their files and addresses, and the way out that each prints. */
import type { FaultCode } from "@agentos/contract";
import type { FixRows } from "./fix-row.ts";

export const keyFixes = {} satisfies Partial<FixRows<FaultCode>>;
