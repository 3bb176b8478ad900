/** Every code that a control plane answers with, and the row that follows its fix. */
import type { ControlPlaneCode, LimitCode, RefusalCode, RejectionCode } from "@agentos/contract";
import type { FixRows } from "../../fixes/fix-row.ts";
import { instanceFixes } from "./instance-fixes.cases.ts";
import { peopleFixes } from "./people-fixes.cases.ts";
import { signInFixes } from "./sign-in-fixes.cases.ts";

/** Causes of a diagnosis are in `mission.cases.ts`; faults of a start are beside `open-installation.ts`. */
type AnsweredCode = RejectionCode | Extract<RefusalCode | LimitCode, ControlPlaneCode>;

/** Each is produced by a test beside its source; why it has no row. */
type WithoutRow =
  // Between the gate and a transaction: no request over a socket is sure to come between.
  | "MEMBERSHIP_CHANGED"
  | "SESSION_OVER"
  // The command alone says it.
  | "PERSON_UNKNOWN"
  // The fix is to wait.
  | "LINK_THROTTLED"
  | "SIGNING_KEY_BUSY"
  | "SIGN_IN_BUSY"
  | "PERSON_CHANGES_THROTTLED"
  | "INSTANCE_READINGS_BUSY"
  | "SIGN_IN_THROTTLED"
  // Nothing is to be done.
  | "INSTANCE_NOT_OURS"
  // Its fix shows an address that is nobody's, and says that it does.
  | "INSTANCE_ENDPOINT_INVALID"
  // They need an AgentOS that runs: mission.e2e.ts, and the tests of the room "instances".
  | "INSTANCE_ADDRESS_REFUSED"
  | "INSTANCE_REFUSES_US"
  | "INSTANCE_UNREACHABLE"
  | "SIGNING_KEY_NOT_LOADED";

/** A code without a row does not compile. */
export const PLANE_FIXES = {
  ...signInFixes,
  ...peopleFixes,
  ...instanceFixes,
} satisfies FixRows<Exclude<AnsweredCode, WithoutRow>>;
