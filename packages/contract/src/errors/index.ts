export { ERRORS, FAULTS, REFUSALS, RETIRED_CODES, type ErrorCode, type FaultCode, type RefusalCode } from "./catalogue.ts";
export { STAGES, type Challenge, type ErrorEntry, type Facts, type FaultEntry, type RefusalEntry, type RefusalStatus, type Stage } from "./entry.ts";
export { placesOf, renderText } from "./render.ts";
