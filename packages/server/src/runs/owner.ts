/**
 * Who a run belongs to, and which values are the client's to choose (contract 1.10, weak-spots B11 and E6). An id that
 * only a form states is `claimed`: nobody has verified it, so it never equals a user whom a token names.
 */

import {
  type DataScope,
  fail,
  type Identity,
  isReservedPrincipal,
  type Owner,
  ok,
  type Result,
} from "@agentos/auth";
import { CONTROL_CHARACTER } from "@agentos/contract/text";
import { redactTokens } from "@agentos/guard";
import {
  type InputFault,
  inputFault,
  invalidFields,
  type ValidationIssue,
  valueIssue,
} from "@agentos/guard/app";
import type { RunForm } from "./run-form.ts";
import { MAX_CLIENT_ID_BYTES, MAX_CLIENT_ID_LENGTH } from "./run-limits.ts";

/** Claims that are configured as the source of a parameter: their keys are never the client's to set. */
export interface ClaimOwnedKeys {
  readonly dependencies: readonly string[];
  readonly sessionState: readonly string[];
}

export interface RunOwner {
  readonly owner: Owner;
  /** Undefined: make a new session. */
  readonly sessionId: string | undefined;
  readonly sessionState: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, unknown>>;
}

export interface OwnerRequest {
  readonly form: Pick<RunForm, "userId" | "sessionId" | "sessionState" | "dependencies">;
  readonly identity: Identity;
  readonly dataScope: DataScope;
  readonly claimOwned: ClaimOwnedKeys;
}

export function resolveRunOwner({
  form,
  identity,
  dataScope,
  claimOwned,
}: OwnerRequest): Result<RunOwner, InputFault> {
  const ids = { session_id: identity.sessionId ?? form.sessionId, user_id: form.userId };
  const owner = resolveOwner({ identity, dataScope }, ids);
  if (!owner.ok) return owner;
  return ok({
    owner: owner.value,
    sessionId: identity.sessionId ?? form.sessionId,
    sessionState: chooseValues(form.sessionState, identity.sessionState, claimOwned.sessionState),
    dependencies: chooseValues(form.dependencies, identity.dependencies, claimOwned.dependencies),
  });
}

/** Ids of a body that its client chose, by the names of their fields; `user_id` claims an owner. */
export type ClientIds = Readonly<Record<string, string | undefined>>;

/** Who owns what a request makes, once every id in it may be kept. */
export function resolveOwner(
  { identity, dataScope }: Pick<OwnerRequest, "identity" | "dataScope">,
  ids: ClientIds,
): Result<Owner, InputFault> {
  if (dataScope.kind === "none") return fail(inputFault(403, "A user identity is required"));
  const own = dataScope.kind === "user" ? dataScope.owner : identity.owner;
  const claimedId = ids["user_id"];
  const issues = [
    ...Object.entries(ids).flatMap(([field, id]) => checkClientId(field, id)),
    ...checkReserved(claimedId, userIdOf(own)),
  ];
  if (issues.length > 0) return fail(invalidFields(issues));
  return ok(
    userIdOf(own) === undefined && claimedId !== undefined
      ? { issuer: own.issuer, kind: "claimed", id: claimedId }
      : own,
  );
}

/** The user id that the wire shows of an owner; undefined where nobody is named. */
export function userIdOf({ id }: Owner): string | undefined {
  return id === "" ? undefined : id;
}

function checkReserved(userId: string | undefined, ownId: string | undefined): readonly ValidationIssue[] {
  if (userId === undefined || userId === ownId || !isReservedPrincipal(userId)) return [];
  return [valueIssue(["body", "user_id"], "this name is reserved")];
}

function checkClientId(field: string, id: string | undefined): readonly ValidationIssue[] {
  if (id === undefined) return [];
  const loc = ["body", field];
  if (id.length > MAX_CLIENT_ID_LENGTH) {
    const msg = `String should have at most ${MAX_CLIENT_ID_LENGTH} characters`;
    return [{ type: "string_too_long", loc, msg, input: null, ctx: { max_length: MAX_CLIENT_ID_LENGTH } }];
  }
  // Two ids with a lone surrogate each would be stored as one and the same.
  if (!id.isWellFormed()) return [valueIssue(loc, "this is not well-formed Unicode")];
  if (CONTROL_CHARACTER.test(id)) return [valueIssue(loc, "control characters are not allowed")];
  const bytes = Buffer.byteLength(JSON.stringify(id)) - 2;
  if (bytes > MAX_CLIENT_ID_BYTES) {
    const problem = `at most ${MAX_CLIENT_ID_BYTES} bytes of UTF-8, where a quotation mark and a backslash are two; this has ${bytes}`;
    return [valueIssue(loc, problem)];
  }
  // Ids are stored and logged as they are, so a credential pasted here would stay.
  if (redactTokens(id) !== id) return [valueIssue(loc, "this looks like a token")];
  return [];
}

/** The same for a run that goes on: whoever continues it brings their own, never those of who began it. */
export function chooseDependencies(
  kept: Readonly<Record<string, unknown>>,
  { dependencies }: Pick<Identity, "dependencies">,
  { dependencies: owned }: ClaimOwnedKeys,
): Readonly<Record<string, unknown>> {
  return chooseValues(kept, dependencies, owned);
}

/** The token's values replace the form's wholly; without any, the form loses the keys that only a token may set. */
function chooseValues(
  fromForm: Readonly<Record<string, unknown>> | undefined,
  fromClaims: Readonly<Record<string, unknown>> | undefined,
  owned: readonly string[],
): Readonly<Record<string, unknown>> {
  if (fromClaims !== undefined && Object.keys(fromClaims).length > 0) return fromClaims;
  return Object.fromEntries(Object.entries(fromForm ?? {}).filter(([key]) => !owned.includes(key)));
}
