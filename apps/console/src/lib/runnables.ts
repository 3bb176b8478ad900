/** What an instance has that can be talked to, as far as this person may see it. */
import { useMemo } from "react";
import { useAgents, useInstanceQuery } from "./instance-data.ts";
import { type Component, readComponents } from "./read-components.ts";
import type { RunnableKind } from "./runnable-kinds.ts";

/** What `/config` of the instance says: teams, workflows, prompts. */
export function useConfig() {
  return useInstanceQuery(["config"], (client, signal) => client.core.config({}, { signal }), {
    staleMs: 30_000,
  });
}

export type Runnables = Readonly<Record<RunnableKind, readonly Component[]>>;

/** All that this person may see of the instance; what is not known yet is empty. */
export function useRunnables(): Runnables {
  const agents = useAgents();
  const config = useConfig();
  return useMemo(
    () => ({
      agents: readComponents(agents.data),
      teams: readComponents(config.data?.teams),
      workflows: readComponents(config.data?.workflows),
    }),
    [agents.data, config.data],
  );
}
