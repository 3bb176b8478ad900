/** What an instance has that can be talked to, as far as this person may see it. */
import { useMemo } from "react";
import { useInstance, useInstanceQuery } from "./instance-data.ts";
import type { Instance } from "./instance-state.ts";
import { type Component, readComponents } from "./read-components.ts";
import type { RunnableKind } from "./runnable-kinds.ts";

const STALE = { staleTime: 30_000 };

export function useAgents() {
  return useAgentsOf(useInstance());
}

/** What `/config` of the instance says: teams, workflows, prompts. */
export function useConfig() {
  return useConfigOf(useInstance());
}

function useAgentsOf(instance: Instance | undefined, enabled = true) {
  const options = { ...STALE, enabled };
  return useInstanceQuery(
    instance,
    ["agents"],
    (client, signal) => client.agents.list({}, { signal }),
    options,
  );
}

function useConfigOf(instance: Instance | undefined, enabled = true) {
  const options = { ...STALE, enabled };
  return useInstanceQuery(
    instance,
    ["config"],
    (client, signal) => client.core.config({}, { signal }),
    options,
  );
}

export type Runnables = Readonly<Record<RunnableKind, readonly Component[]>>;

/** All that this person may see of the instance; what is not known yet is empty. */
export function useRunnables(): Runnables {
  return useRunnablesOf(useInstance());
}

/** With `isAsked` false only what some page has read. */
export function useRunnablesOf(instance: Instance | undefined, isAsked = true): Runnables {
  const agents = useAgentsOf(instance, isAsked);
  const config = useConfigOf(instance, isAsked);
  return useMemo(
    () => ({
      agents: readComponents(agents.data),
      teams: readComponents(config.data?.teams),
      workflows: readComponents(config.data?.workflows),
    }),
    [agents.data, config.data],
  );
}
