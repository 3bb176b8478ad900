/** From one key or one fault to the result of a whole source. */

import { createFault, type Fault, type FaultCode, type FaultParts } from "@agentos/contract";
import type { Result } from "../../outcome/result.ts";
import type { KeyResult, VerificationKey } from "./key.ts";

/** A result with nothing but one fault. */
export function failed<const Code extends FaultCode>(parts: FaultParts<Code>): KeyResult {
  return { keys: [], faults: [createFault(parts)] };
}

/** One key, or what is wrong with it. */
export function toKeyResult(result: Result<VerificationKey, Fault>): KeyResult {
  return result.ok ? { keys: [result.value], faults: [] } : { keys: [], faults: [result.fault] };
}
