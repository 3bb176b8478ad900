/** Pages of the audit log and of revocations, and one entry of it by its number. */
import type { ControlPlaneClient } from "@agentos/client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useServices } from "../../lib/services.ts";
import { useMembership } from "../../lib/session.ts";
import type { AuditSearch, RevocationState } from "./audit-search.ts";

export type AuditList = Awaited<ReturnType<ControlPlaneClient["audit"]["list"]>>;
export type AuditEntry = AuditList["data"][number];
export type Revocation = Awaited<ReturnType<ControlPlaneClient["revocations"]["list"]>>["data"][number];

export function useAudit({ action, person, target }: Pick<AuditSearch, "action" | "person" | "target">) {
  const { controlPlane } = useServices();
  const { organization } = useMembership();
  return useInfiniteQuery({
    queryKey: ["audit", organization.id, { action, person, target }],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) =>
      controlPlane.audit.list(
        {
          parameters: { organization_id: organization.id },
          query: {
            limit: 50,
            ...(pageParam === undefined ? {} : { before: pageParam }),
            ...(action === undefined ? {} : { action }),
            ...(person === undefined ? {} : { person_id: person }),
            ...(target === undefined ? {} : { target_id: target }),
          },
        },
        { signal },
      ),
    getNextPageParam: ({ next }) => next ?? undefined,
  });
}

/** Numbers count up: the first one before the next number is it, or it is not of this organization. */
export function useAuditEntry(number: number | undefined) {
  const { controlPlane } = useServices();
  const { organization } = useMembership();
  return useQuery({
    queryKey: ["audit-entry", organization.id, number],
    enabled: number !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const { data } = await controlPlane.audit.list(
        {
          parameters: { organization_id: organization.id },
          query: { limit: 1, before: (number ?? 0) + 1 },
        },
        { signal },
      );
      return data.find((entry) => entry.number === number) ?? null;
    },
  });
}

export function useRevocations(state: RevocationState | undefined) {
  const { controlPlane } = useServices();
  const { organization } = useMembership();
  return useInfiniteQuery({
    queryKey: ["revocations", organization.id, state],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) =>
      controlPlane.revocations.list(
        {
          parameters: { organization_id: organization.id },
          query: {
            limit: 50,
            ...(pageParam === undefined ? {} : { before: pageParam }),
            ...(state === undefined ? {} : { state }),
          },
        },
        { signal },
      ),
    getNextPageParam: ({ next }) => next ?? undefined,
    // What is pending is about to be applied, and nobody should have to load the page again to see it.
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some((page) => page.data.some((one) => one.state === "pending")) === true ? 5_000 : false,
  });
}
