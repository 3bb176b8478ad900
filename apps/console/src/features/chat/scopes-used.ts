/** Which request an act of a person is, and which scope it needs there. Held against the contract by a test. */
import { KINDS, type RunnableKind } from "../../lib/runnable-kinds.ts";
import type { Turn } from "./turn.ts";

export const RUN_ROUTES = {
  run: (kind: RunnableKind) => `POST /${kind}/{${KINDS[kind].type}_id}/runs`,
  continueRun: (kind: RunnableKind) => `${RUN_ROUTES.run(kind)}/{run_id}/continue`,
} as const;

export interface UsedScope {
  readonly route: string;
  readonly scope: string;
}

/** What a turn has asked of the instance; the id of whom it asked stands in it, as people look for it in a policy. */
export function listUsedScopes(
  { hasContinued }: Pick<Turn, "hasContinued">,
  kind: RunnableKind,
  id: string,
): readonly UsedScope[] {
  const routes = hasContinued ? [RUN_ROUTES.run, RUN_ROUTES.continueRun] : [RUN_ROUTES.run];
  return routes.map((routeOf) => ({
    route: routeOf(kind).replace(`{${KINDS[kind].type}_id}`, id),
    scope: KINDS[kind].runScope,
  }));
}
