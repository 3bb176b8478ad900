/**
 * Whose memories a request is about (contract 2.7, 4.6). A caller with a scope of one user reaches that user's and no
 * others, whatever it names; anybody else may name a user, or reach all.
 */
import { type Access, type DataScope, fail, type Owner, ok, type Result } from "@agentos/auth";
import { type InputFault, inputFault, invalidFields } from "@agentos/guard/app";
import { checkUserId, userIdOf } from "../runs/owner.ts";
import type { OfUser } from "./store.ts";

export type MemoryCaller = Pick<Access, "identity" | "dataScope">;

export interface Reach {
  readonly scope: DataScope;
  readonly of: OfUser;
}

/** `userId` as the request names it, in query or body. */
export function findReach(
  { dataScope }: MemoryCaller,
  userId: string | null | undefined,
): Result<Reach, InputFault> {
  if (dataScope.kind === "none") return fail(NOBODY);
  if (dataScope.kind === "user" || userId === undefined || userId === null || userId === "")
    return ok({ scope: dataScope, of: {} });
  return ok({ scope: dataScope, of: { userId } });
}

/**
 * Whom a request writes for. An id that only the request states is `claimed`, as in runs, where the credential names
 * nobody: the runs that claim it find the memory. A caller who is somebody, and may reach everybody's data, names a user
 * of its own issuer (docs/decisions/0059-memories.md).
 */
export function resolveMemoryOwner(
  { identity, dataScope }: MemoryCaller,
  named: string | null | undefined,
): Result<Owner, InputFault> {
  if (dataScope.kind === "none") return fail(NOBODY);
  if (dataScope.kind === "user") return ok(dataScope.owner);
  const own = identity.owner;
  const ownId = userIdOf(own);
  const userId = named === null || named === "" ? undefined : named;
  if (userId === undefined || userId === ownId) {
    if (ownId === undefined) return fail(inputFault(400, "User ID is required"));
    return ok(own);
  }
  const issues = checkUserId(userId, ownId);
  if (issues.length > 0) return fail(invalidFields(issues));
  return ok({ issuer: own.issuer, kind: ownId === undefined ? "claimed" : "user", id: userId });
}

const NOBODY = inputFault(403, "A user identity is required");
