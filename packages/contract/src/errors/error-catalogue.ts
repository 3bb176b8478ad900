/** The whole error catalogue: one truth for responses, start-up messages, docs, console and doctor. */
import { authRefusals } from "./auth-refusals.ts";
import { CAUSES as causes } from "./causes.ts";
import { configFaults } from "./config-faults.ts";
import { credentialRefusals } from "./credential-refusals.ts";
import { diagnosisCauses } from "./diagnosis-causes.ts";
import type { ErrorEntry } from "./entry.ts";
import { keyFaults } from "./key-faults.ts";
import { limits } from "./limits.ts";
import { originRefusals } from "./origin-refusals.ts";
import { outages } from "./outages.ts";
import { rejections } from "./rejections.ts";
import { scopeRefusals } from "./scope-refusals.ts";
import { sealingFaults } from "./sealing-faults.ts";
import { signInLimits, signInRefusals } from "./sign-in-refusals.ts";
import { socketLimits, socketRefusals } from "./socket-refusals.ts";
import { storeFaults } from "./store-faults.ts";

/** Refusals of a request, by code. */
export const REFUSALS = {
  ...originRefusals,
  ...credentialRefusals,
  ...authRefusals,
  ...scopeRefusals,
  ...socketRefusals,
  ...signInRefusals,
} as const;

/** Faults of a configuration, of its keys and of its database, by code. */
export const FAULTS = { ...configFaults, ...keyFaults, ...sealingFaults, ...storeFaults } as const;

/** Requests that there is no room for, or no database, by code. */
export const LIMITS = { ...limits, ...socketLimits, ...outages, ...signInLimits } as const;

/** Requests to the control plane that cannot be done as they were asked, by code. */
export const REJECTIONS = rejections;

/** Causes of a diagnosis, by code. */
export const CAUSES = { ...causes, ...diagnosisCauses } as const;

/** Every error there is, by code. */
export const ERRORS: Readonly<Record<string, ErrorEntry>> = {
  ...REFUSALS,
  ...FAULTS,
  ...LIMITS,
  ...CAUSES,
  ...REJECTIONS,
};

/** A code of {@link REFUSALS}. */
export type RefusalCode = keyof typeof REFUSALS;
/** A code of {@link FAULTS}. */
export type FaultCode = keyof typeof FAULTS;
/** A code of {@link CAUSES}. */
export type CauseCode = keyof typeof CAUSES;
/** A code of {@link LIMITS}. */
export type LimitCode = keyof typeof LIMITS;
/** A code of {@link REJECTIONS}. */
export type RejectionCode = keyof typeof REJECTIONS;
/** A code that only a control plane answers with, or stops its start with. */
export type ControlPlaneCode =
  | RejectionCode
  | keyof typeof sealingFaults
  | keyof typeof signInRefusals
  | keyof typeof signInLimits
  | keyof typeof diagnosisCauses
  | Extract<keyof typeof causes, `INSTANCE_${string}`>;
/** Any code of the catalogue. Codes are never renamed, and never used again. */
export type ErrorCode = RefusalCode | FaultCode | CauseCode | LimitCode | RejectionCode;

/** Codes that existed once and must never be used again. */
export const RETIRED_CODES: readonly string[] = [
  // 0046: users of several issuers are never one user by accident.
  "CONFIG_SUBJECTS_SHARED",
  // 0056: the doctor reads no variable that a curl line names, set or not.
  "CLI_VARIABLE_UNSET",
];
