/**
 * Which session an id means. Two owners may use one id, and so may two components of one owner; nobody is shown, and
 * nothing is done to, a session that the request does not name alone (design.md section 10).
 */
import { type DataScope, fail, ok, type Result } from "@agentos/auth";
import { redactTokens } from "@agentos/guard";
import { type InputFault, inputFault } from "@agentos/guard/app";
import type { RunStore, SessionFilter, SessionKey, StoredSession } from "../runs/store.ts";

/** Enough to see in what the sessions of one id differ. */
const MAX_COMPARED = 10;

/** What a query can tell sessions of one id apart by. */
const DIFFERENCES: readonly (readonly [parameter: string, of: (key: SessionKey) => string])[] = [
  ["user_id", ({ owner }) => owner.id],
  ["type", ({ component }) => component.kind],
  ["component_id", ({ component }) => component.id],
];

/** Undefined where there is none in the scope; status 409 where there are several. */
export async function findOneSession(
  store: Pick<RunStore, "findSessions">,
  scope: DataScope,
  filter: SessionFilter,
): Promise<Result<StoredSession | undefined, InputFault>> {
  const found = await store.findSessions(scope, toAsked(scope, filter), MAX_COMPARED);
  return found.length > 1
    ? fail(
        describeSeveral(
          filter.sessionId,
          found.map(({ key }) => key),
        ),
      )
    : ok(found[0]);
}

/** The same for whoever needs nothing else of it. */
export async function findOneSessionKey(
  store: Pick<RunStore, "findSessionKeys">,
  scope: DataScope,
  filter: SessionFilter,
): Promise<Result<SessionKey | undefined, InputFault>> {
  const found = await store.findSessionKeys(scope, toAsked(scope, filter), MAX_COMPARED);
  return found.length > 1 ? fail(describeSeveral(filter.sessionId, found)) : ok(found[0]);
}

/** Who reaches only one owner's data is not asked whose. */
function toAsked(scope: DataScope, filter: SessionFilter): SessionFilter {
  return scope.kind === "all" ? filter : { ...filter, userId: undefined };
}

function describeSeveral(sessionId: string, found: readonly SessionKey[]): InputFault {
  const start = `Several sessions have the id '${redactTokens(sessionId)}'`;
  const names = DIFFERENCES.filter(([, of]) => new Set(found.map(of)).size > 1).map(([name]) => name);
  if (names.length === 0)
    return inputFault(
      409,
      `${start}, and their owners have one user id under different issuers. Ask with the credential of the owner.`,
    );
  return inputFault(409, `${start}. Add ${joinNames(names)} to the query, so that one is left.`);
}

function joinNames(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  const last = quoted.pop() ?? "";
  return quoted.length === 0 ? last : `${quoted.join(", ")} and ${last}`;
}
