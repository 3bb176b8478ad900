/** Instances of the organization, as several features need them. */
import type { ControlPlaneClient } from "@agentos/client";
import { queryOptions, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useServices } from "./services.ts";
import { useMembership } from "./session.ts";

type InstanceList = Awaited<ReturnType<ControlPlaneClient["instances"]["list"]>>;
export type Instance = InstanceList["data"][number];

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

export interface InstanceState {
  readonly tone: "ok" | "warn" | "danger" | "neutral";
  readonly word: string;
}

/** The state of an instance in one word: what was found counts before what is wished. */
export function describeInstanceState(instance: Instance): InstanceState {
  if (instance.is_draft) return { tone: "neutral", word: "Draft" };
  const { observed, findings } = instance;
  if (observed === null) return { tone: "neutral", word: "Not seen yet" };
  if (!observed.is_reachable) return { tone: "danger", word: "Unreachable" };
  if (findings.length > 0) return { tone: "warn", word: findings.length === 1 ? "1 finding" : `${findings.length} findings` };
  return { tone: "ok", word: "Connected" };
}
