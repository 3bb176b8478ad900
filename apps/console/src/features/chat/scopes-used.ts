/** Which request an act of a person is, and which scope it needs there. Held against the contract by a test. */
import type { Turn } from "./turn.ts";

export const RUN_REQUESTS = {
  run: { route: "POST /agents/{agent_id}/runs", scope: "agents:run" },
  continueRun: { route: "POST /agents/{agent_id}/runs/{run_id}/continue", scope: "agents:run" },
} as const;

export interface UsedScope {
  readonly route: string;
  readonly scope: string;
}

/** What a turn has asked of the instance; the id of the agent stands in it, as people look for it in a policy. */
export function listUsedScopes(
  { hasContinued }: Pick<Turn, "hasContinued">,
  agentId: string,
): readonly UsedScope[] {
  const requests = hasContinued ? [RUN_REQUESTS.run, RUN_REQUESTS.continueRun] : [RUN_REQUESTS.run];
  return requests.map(({ route, scope }) => ({ route: route.replace("{agent_id}", agentId), scope }));
}
