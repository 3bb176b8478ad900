/**
 * Whose memories a request is about (contract 2.7, 4.6). A caller with a scope of one user reaches that user's and no
 * others, whatever it names; anybody else may name a user, or reach all.
 */
import { type Access, type DataScope, fail, isSameOwner, type Owner, ok, type Result } from "@agentos/auth";
import { type InputFault, inputFault } from "@agentos/guard/app";
import { resolveOwner, userIdOf } from "../runs/owner.ts";
import type { MemoryStore, OfUser } from "./memory-store.ts";

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
 * Whom a request writes for. An id that only the request states is `claimed`, as in runs: the runs that claim it find the
 * memory, and those of a verified user of that name do not. Only who holds the admin scope, and so may do everything with
 * that user's memories, names a verified user, of its own issuer (docs/decisions/0059-memories.md).
 */
export function resolveMemoryOwner(
  { identity, dataScope }: MemoryCaller,
  named: string | null | undefined,
): Result<Owner, InputFault> {
  const userId = named === null || named === "" ? undefined : named;
  const owner = resolveOwner({ identity, dataScope }, { user_id: userId });
  if (!owner.ok) return owner;
  const ownId = userIdOf(owner.value);
  if (ownId === undefined) return fail(inputFault(400, "User ID is required"));
  if (dataScope.kind === "user" || userId === undefined || userId === ownId) return owner;
  const kind = identity.grants.adminScope === undefined ? "claimed" : "user";
  return ok({ issuer: owner.value.issuer, kind, id: userId });
}

/**
 * Whose memories a request changes that names one user: whom it would write for, else the only user of this id. A change
 * never touches two users' memories.
 */
export async function findMemoryOwner(
  caller: MemoryCaller,
  userId: string,
  store: Pick<MemoryStore, "listStatistics">,
): Promise<Result<Owner, InputFault>> {
  const meant = resolveMemoryOwner(caller, userId);
  if (!meant.ok || caller.dataScope.kind === "user") return meant;
  const { statistics } = await store.listStatistics(caller.dataScope, {
    userId: meant.value.id,
    limit: 100,
    page: 1,
  });
  const [first, ...others] = statistics;
  const isMeant = statistics.some(({ owner }) => isSameOwner(owner, meant.value));
  if (isMeant || first === undefined) return meant;
  if (others.length === 0) return ok(first.owner);
  return fail(inputFault(409, "Several users have this id; ask with a credential of the user"));
}

const NOBODY = inputFault(403, "A user identity is required");
