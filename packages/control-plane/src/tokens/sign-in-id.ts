/**
 * `sid` of the tokens of one sign-in in one role: what is revoked when the session ends or the role changes. It tells
 * nothing of either, and nobody can guess one.
 */
import { createHmac } from "node:crypto";
import type { InstallationKeys } from "../keys/installation-keys.ts";

/** A membership as it is now: another role, or a new membership of the same person, is another one. */
export interface SignInRole {
  readonly sessionId: string;
  readonly organizationId: string;
  readonly memberSince: number;
  readonly roleVersion: number;
}

/** The name of it. The same as long as nothing of it changes. */
export function signInIdOf(
  { signInIds }: Pick<InstallationKeys, "signInIds">,
  { sessionId, organizationId, memberSince, roleVersion }: SignInRole,
): string {
  const named = JSON.stringify([sessionId, organizationId, memberSince, roleVersion]);
  return createHmac("sha256", signInIds).update(named).digest("base64url").slice(0, 32);
}
