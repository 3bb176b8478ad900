export {
  CAUSES,
  type CauseCode,
  ERRORS,
  type ErrorCode,
  FAULTS,
  type FaultCode,
  REFUSALS,
  RETIRED_CODES,
  type RefusalCode,
} from "./catalogue.ts";
export { FIX_COMMANDS } from "./commands.ts";
export {
  type CauseEntry,
  type Challenge,
  CLAIM_STAGES,
  type ErrorEntry,
  type Facts,
  type FaultEntry,
  type RefusalEntry,
  type RefusalStatus,
  STAGES,
  type Stage,
  TOKEN_STAGES,
} from "./entry.ts";
export { placesOf, renderText } from "./render.ts";
