/** Faults of keys, of their files and addresses, and the way out that each prints. A code without a row does not compile. */
import type { FaultCode } from "@agentos/contract";
import type { FixRows } from "./fix-row.ts";
import { keySourceFixes } from "./key-source-fixes.cases.ts";
import { keyValueFixes } from "./key-value-fixes.cases.ts";
import { signingKeyFixes } from "./signing-key-fixes.cases.ts";

export const keyFixes = { ...keyValueFixes, ...signingKeyFixes, ...keySourceFixes } satisfies FixRows<
  Extract<FaultCode, `KEY_${string}`>
>;
