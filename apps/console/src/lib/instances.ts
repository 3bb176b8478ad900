/** Instances of the organization, as several features need them. */
import type { ControlPlaneClient } from "@agentos/client";
import { type QueryClient, queryOptions, type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { Instance, InstanceList } from "./instance-state.ts";
import { keepNewer, pickNewer } from "./newer-instance.ts";
import { useServices } from "./services.ts";
import { useMembership } from "./session.ts";

/** For who needs it outside of a component. */
export function instancesQuery(controlPlane: ControlPlaneClient, organizationId: string) {
  return queryOptions({
    queryKey: ["instances", organizationId],
    queryFn: async ({ signal, client }) => {
      const list = await controlPlane.instances.list(
        { parameters: { organization_id: organizationId } },
        { signal },
      );
      // The first answer comes with the document, whose policy names the same origins.
      if (!ORIGINS.has(client)) ORIGINS.set(client, new Set(list.data.flatMap(originsOf)));
      return keepNewer(client.getQueryData<InstanceList>(["instances", organizationId]), list);
    },
  });
}

/** Origins that the policy of the loaded document knows, by the cache that lives as long as the document. */
const ORIGINS = new WeakMap<QueryClient, ReadonlySet<string>>();

function originsOf({ endpoint }: Pick<Instance, "endpoint">): readonly string[] {
  return endpoint !== null && URL.canParse(endpoint) ? [new URL(endpoint).origin] : [];
}

/**
 * Whether this document may ask the instance. One that was connected or moved since, perhaps by somebody else, needs the
 * document to be loaded again.
 */
export function isKnownToDocument(queryClient: QueryClient, instance: Pick<Instance, "endpoint">): boolean {
  const known = ORIGINS.get(queryClient);
  return known !== undefined && originsOf(instance).some((origin) => known.has(origin));
}

export function useInstances(): UseQueryResult<InstanceList> {
  const { controlPlane } = useServices();
  return useQuery(instancesQuery(controlPlane, useMembership().organization.id));
}

/** Drafts left out; none until the list is there. */
export function useConnectedInstances(): readonly Instance[] {
  return useInstances().data?.data.filter(({ is_draft: isDraft }) => !isDraft) ?? [];
}

/** Path parameters of calls about one instance. */
export function useInstanceParameters(instanceId: string): {
  readonly organization_id: string;
  readonly instance_id: string;
} {
  return { organization_id: useMembership().organization.id, instance_id: instanceId };
}

/** What an answer says of one is what every page shows from now on, unless a newer one was there first. */
export function replaceInstance(queryClient: QueryClient, organizationId: string, instance: Instance): void {
  queryClient.setQueryData<InstanceList>(["instances", organizationId], (list) =>
    list === undefined
      ? list
      : {
          ...list,
          data: list.data.map((each) => (each.id === instance.id ? pickNewer(each, instance) : each)),
        },
  );
}

/** After one is made or forgotten, and after something is done elsewhere that shows in it. */
export function refreshInstances(queryClient: QueryClient, organizationId: string): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ["instances", organizationId] });
}
