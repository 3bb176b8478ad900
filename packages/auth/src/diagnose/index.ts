export { diagnose } from "./diagnose.ts";
export type {
  Cause,
  Certainty,
  DiagnosisInput,
  Evidence,
  EvidenceSource,
  KnownServer,
  ObservedAnswer,
} from "./diagnosis.ts";
export { type InspectedToken, type InspectOptions, inspectToken } from "./inspect-token.ts";
export { type JudgedToken, type JudgeTokenOptions, judgeToken } from "./judge-token.ts";
export { makeCause } from "./make-cause.ts";
export { isErrorCode } from "./read-answer.ts";
export { type CredentialKind, classifyCredential, isOlder } from "./refine-credential.ts";
export { heldScopes } from "./refine-scopes.ts";
export { duration } from "./refine-times.ts";
