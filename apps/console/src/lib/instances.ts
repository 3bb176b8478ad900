/** Instances of the organization, as several features need them. */
import type { ControlPlaneClient } from "@agentos/client";
import { queryOptions, type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { InstanceList } from "./instance-state.ts";
import { useServices } from "./services.ts";
import { useMembership } from "./session.ts";

/** For who needs it outside of a component. */
export function instancesQuery(controlPlane: ControlPlaneClient, organizationId: string) {
  return queryOptions({
    queryKey: ["instances", organizationId],
    queryFn: ({ signal }) =>
      controlPlane.instances.list({ parameters: { organization_id: organizationId } }, { signal }),
  });
}

export function useInstances(): UseQueryResult<InstanceList> {
  const { controlPlane } = useServices();
  return useQuery(instancesQuery(controlPlane, useMembership().organization.id));
}
