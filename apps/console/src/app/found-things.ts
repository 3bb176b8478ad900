/** Agents and sessions for ⌘K, asked for when it opens. An instance that does not answer has none: its own pages say why. */
import { useQuery } from "@tanstack/react-query";
import { instanceKey } from "../lib/instance-data.ts";
import type { Instance } from "../lib/instance-state.ts";
import { useServices } from "../lib/services.ts";
import { useMembership } from "../lib/session.ts";
import { isUsableId } from "../lib/strangers-names.ts";
import { clip } from "../lib/words.ts";

export interface FoundThings {
  readonly agents: readonly { readonly id: string; readonly name: string }[];
  readonly sessions: readonly { readonly id: string; readonly name: string; readonly agentId: string }[];
}

const MAX_AGENTS = 200;
const MAX_SESSIONS = 100;

export function useFoundThings(instance: Instance | undefined, isOpen: boolean): FoundThings {
  const { instanceClients } = useServices();
  const { organization } = useMembership();
  const key = instance === undefined ? [] : instanceKey(instance);
  const enabled = isOpen && instance !== undefined && instance.endpoint !== null;
  const staleTime = 30_000;
  const agents = useQuery({
    queryKey: [...key, "found-agents"],
    enabled,
    staleTime,
    queryFn: async ({ signal }) => {
      if (instance === undefined) return [];
      const client = await instanceClients.open(organization.id, instance);
      return (await client.agents.list({}, { signal }))
        .slice(0, MAX_AGENTS)
        .flatMap(({ id, name }) => (isUsableId(id) ? [{ id, name: clip(name ?? id, 80) }] : []));
    },
  });
  const sessions = useQuery({
    queryKey: [...key, "found-sessions"],
    enabled,
    staleTime,
    queryFn: async ({ signal }) => {
      if (instance === undefined) return [];
      const client = await instanceClients.open(organization.id, instance);
      const { data } = await client.sessions.list(
        { query: { type: "agent", limit: MAX_SESSIONS } },
        { signal },
      );
      return data.flatMap(({ session_id: id, session_name: name, agent_id: agentId }) =>
        isUsableId(id) && isUsableId(agentId) ? [{ id, agentId, name: clip(name || id, 80) }] : [],
      );
    },
  });
  return { agents: agents.data ?? [], sessions: sessions.data ?? [] };
}
