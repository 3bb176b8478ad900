/** One instance of the address, a client of it, and what several features read there. */
import type { AgentOSClient } from "@agentos/client";
import { skipToken, type UseQueryOptions, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { refuseGone } from "./ask-again.ts";
import { noteLetIn } from "./instance-standing.ts";
import type { Instance } from "./instance-state.ts";
import { instancesQuery, useInstances } from "./instances.ts";
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

type Ask<Answer> = (client: AgentOSClient, signal: AbortSignal) => Promise<Answer>;
type AskOptions<Answer> = Pick<
  UseQueryOptions<Answer>,
  "enabled" | "staleTime" | "placeholderData" | "refetchInterval"
>;

/** Asks an instance, once there is one. */
export function useInstanceQuery<Answer>(
  instance: Instance | undefined,
  name: readonly unknown[],
  ask: Ask<Answer>,
  options: AskOptions<Answer> = {},
): UseQueryResult<Answer> {
  const { instanceClients, queryClient } = useServices();
  const { organization } = useMembership();
  return useQuery({
    ...options,
    queryKey: [...(instance === undefined ? [] : instanceKey(instance)), ...name],
    queryFn:
      instance === undefined
        ? skipToken
        : async ({ signal }) => {
            const answer = await ask(await instanceClients.open(organization.id, instance), signal);
            noteLetIn(queryClient, instance);
            return answer;
          },
  });
}

/** For what is no query: the client for the instance as it is known at the moment of the call. */
export function useOpenClient(): () => Promise<AgentOSClient> {
  const { instanceClients, controlPlane, queryClient } = useServices();
  const organizationId = useMembership().organization.id;
  const { instanceId } = instanceRoute.useParams();
  return useCallback(async () => {
    const { data } = await queryClient.fetchQuery({
      ...instancesQuery(controlPlane, organizationId),
      staleTime: Number.POSITIVE_INFINITY,
    });
    const instance = data.find(({ id }) => id === instanceId);
    if (instance === undefined) throw refuseGone();
    return instanceClients.open(organizationId, instance);
  }, [instanceClients, controlPlane, queryClient, organizationId, instanceId]);
}
