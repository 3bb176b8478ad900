/** Members and roles of the organization that is shown. */
import type { ControlPlaneClient } from "@agentos/client";
import { queryOptions, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useServices } from "./services.ts";
import { useMembership } from "./session.ts";

export type MemberList = Awaited<ReturnType<ControlPlaneClient["members"]["list"]>>;
export type Member = MemberList["data"][number];
export type RoleList = Awaited<ReturnType<ControlPlaneClient["roles"]["list"]>>;
export type Role = RoleList["data"][number];

function membersQuery(controlPlane: ControlPlaneClient, organizationId: string) {
  return queryOptions({
    queryKey: ["members", organizationId],
    queryFn: ({ signal }) =>
      controlPlane.members.list({ parameters: { organization_id: organizationId } }, { signal }),
  });
}

function rolesQuery(controlPlane: ControlPlaneClient, organizationId: string) {
  return queryOptions({
    queryKey: ["roles", organizationId],
    queryFn: ({ signal }) =>
      controlPlane.roles.list({ parameters: { organization_id: organizationId } }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    // The least first, wherever they are shown.
    select: (list) => ({
      ...list,
      data: list.data.toSorted((one, other) => one.scopes.length - other.scopes.length),
    }),
  });
}

/** Not asked for by who may not see them: the answer would be a refusal. */
export function useMembers(): UseQueryResult<MemberList> {
  const { controlPlane } = useServices();
  const { organization, scopes } = useMembership();
  return useQuery({
    ...membersQuery(controlPlane, organization.id),
    enabled: scopes.includes("org:members:read"),
  });
}

export function useRoles(): UseQueryResult<RoleList> {
  const { controlPlane } = useServices();
  return useQuery(rolesQuery(controlPlane, useMembership().organization.id));
}

/** Name of a role for people; as it stands in the API while the roles are on their way. */
export function titleOfRole(name: string, roles: readonly Pick<Role, "name" | "title">[] = []): string {
  return roles.find((role) => role.name === name)?.title ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
