/** One instance of the address, a client of it, and what several features read there. */
import { type AgentOSClient, AgentOSRefusal } from "@agentos/client";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import type { Instance } from "./instance-state.ts";
import { useInstances } from "./instances.ts";
import { instanceRoute } from "./parent-routes.ts";
import { useServices } from "./services.ts";
import { useMembership } from "./session.ts";

/** Only on pages about an instance: their frame has seen that it is there. */
export function useInstance(): Instance {
  const { instanceId } = instanceRoute.useParams();
  const instance = useInstances().data?.data.find(({ id }) => id === instanceId);
  if (instance === undefined) throw new Error("INVARIANT: pages of an instance are inside of its frame");
  return instance;
}

/** Begins the name of every query to an instance: other switches or another address are other answers. */
export function instanceKey({ id, endpoint, desired }: Instance): readonly unknown[] {
  return ["at", id, endpoint, desired.authorization];
}

/** Asks the instance of the page. */
export function useInstanceQuery<Answer>(
  name: readonly unknown[],
  ask: (client: AgentOSClient, signal: AbortSignal) => Promise<Answer>,
  options: { readonly isEnabled?: boolean; readonly staleMs?: number } = {},
): UseQueryResult<Answer> {
  const instance = useInstance();
  const { instanceClients } = useServices();
  const { organization } = useMembership();
  return useQuery({
    queryKey: [...instanceKey(instance), ...name],
    queryFn: async ({ signal }) => ask(await instanceClients.open(organization.id, instance), signal),
    enabled: options.isEnabled ?? true,
    staleTime: options.staleMs ?? 10_000,
  });
}

export type AgentList = Awaited<ReturnType<AgentOSClient["agents"]["list"]>>;

export function useAgents(): UseQueryResult<AgentList> {
  return useInstanceQuery(["agents"], (client, signal) => client.agents.list({}, { signal }), {
    staleMs: 30_000,
  });
}

/** For what is no query: the client for the instance as it is known at the moment of the call. */
export function useOpenClient(): () => Promise<AgentOSClient> {
  const { instanceClients, controlPlane, queryClient } = useServices();
  const organizationId = useMembership().organization.id;
  const { instanceId } = instanceRoute.useParams();
  return useCallback(async () => {
    const held = queryClient.getQueryState<{ data: readonly Instance[] }>(["instances", organizationId]);
    const list =
      held?.data === undefined || held.isInvalidated
        ? await queryClient.fetchQuery({
            queryKey: ["instances", organizationId],
            queryFn: () => controlPlane.instances.list({ parameters: { organization_id: organizationId } }),
          })
        : held.data;
    const instance = list.data.find(({ id }) => id === instanceId);
    if (instance === undefined)
      throw new AgentOSRefusal({
        status: 404,
        code: "INSTANCE_NOT_FOUND",
        detail: "The instance is not there any longer, or you may not see it any longer",
      });
    return instanceClients.open(organizationId, instance);
  }, [instanceClients, controlPlane, queryClient, organizationId, instanceId]);
}
