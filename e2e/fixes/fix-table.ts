/** Every code with its rows, in the parts that are run beside each other. */
import type { ControlPlaneCode, ErrorCode } from "@agentos/contract";
import { authFixes } from "./auth-fixes.cases.ts";
import { causeFixes } from "./cause-fixes.cases.ts";
import { configFixes } from "./config-fixes.cases.ts";
import { credentialFixes } from "./credential-fixes.cases.ts";
import type { FixRow, FixRows } from "./fix-row.ts";
import { keyFixes } from "./key-fixes.cases.ts";
import { limitFixes } from "./limit-fixes.cases.ts";
import { originFixes } from "./origin-fixes.cases.ts";
import { revocationFixes } from "./revocation-fixes.cases.ts";
import { scopeFixes } from "./scope-fixes.cases.ts";
import { socketFixes, socketLimitFixes } from "./socket-fixes.cases.ts";
import { storeFixes } from "./store-fixes.cases.ts";

type Part = Readonly<Record<string, FixRow | readonly FixRow[]>>;

export const REFUSAL_FIXES: Part = {
  ...authFixes,
  ...credentialFixes,
  ...originFixes,
  ...revocationFixes,
  ...scopeFixes,
  ...socketFixes,
};
export const CAUSE_FIXES: Part = { ...causeFixes };
export const START_FIXES: Part = { ...configFixes, ...keyFixes };
export const LIMIT_FIXES: Part = { ...limitFixes, ...socketLimitFixes, ...storeFixes };

/** A code without a row does not compile. Those of the control plane are in `control-plane/fixes`. */
export const ALL_FIXES: Part = {
  ...authFixes,
  ...causeFixes,
  ...configFixes,
  ...credentialFixes,
  ...keyFixes,
  ...limitFixes,
  ...originFixes,
  ...revocationFixes,
  ...scopeFixes,
  ...socketFixes,
  ...socketLimitFixes,
  ...storeFixes,
} satisfies FixRows<Exclude<ErrorCode, ControlPlaneCode>>;
