/** For commands on the machine itself: ways in, and keys sealed anew. Whoever can run one could change the database as well. */
export type { ResealOutcome } from "./keys/reseal-keys.ts";
export { type ExplainedRejection, explainRejection } from "./machine/explain-rejection.ts";
export {
  type FoundLink,
  issuerOf,
  type LocalStart,
  type PreparedStart,
  type PrintedLink,
  prepareLocalStart,
  printOwnerLink,
  printResetLink,
  resealInstallation,
} from "./machine/machine-commands.ts";
export type { MachineOptions } from "./machine/machine-store.ts";
