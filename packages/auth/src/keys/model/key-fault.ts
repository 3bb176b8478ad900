/** Builds faults; a fault without a severity of its own takes the one of its catalogue entry. */

import { FAULTS, type Facts } from "@agentos/contract";
import type { KeyFault, KeyFaultCode, KeyResult } from "./key.ts";

/** Makes a frozen fault; `source` is what people call the place, never a path. */
export function createKeyFault(code: KeyFaultCode, source: string, facts: Facts = {}): KeyFault {
  return Object.freeze({ code, source, severity: FAULTS[code].severity, facts: Object.freeze({ ...facts }) });
}

/** A result with nothing but one fault. */
export function faultResult(code: KeyFaultCode, source: string, facts: Facts = {}): KeyResult {
  return { keys: [], faults: [createKeyFault(code, source, facts)] };
}
