/** Members and roles of the organization that is shown. */
import type { ControlPlaneClient } from "@agentos/client";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useServices } from "./services.ts";
import { rolesQuery, useMembership } from "./session.ts";

export type MemberList = Awaited<ReturnType<ControlPlaneClient["members"]["list"]>>;
export type Member = MemberList["data"][number];
export type RoleList = Awaited<ReturnType<ControlPlaneClient["roles"]["list"]>>;
export type Role = RoleList["data"][number];

/** Not asked for by who may not see them: the answer would be a refusal. */
export function useMembers(isWanted = true): UseQueryResult<MemberList> {
  const { controlPlane } = useServices();
  const { organization, scopes } = useMembership();
  return useQuery({
    queryKey: ["members", organization.id],
    queryFn: ({ signal }) =>
      controlPlane.members.list({ parameters: { organization_id: organization.id } }, { signal }),
    enabled: isWanted && scopes.includes("org:members:read"),
  });
}

/** By their ids, which are the subjects of tokens that are made here. */
export function useMemberNames(isWanted = true): ReadonlyMap<string, string> {
  const { data } = useMembers(isWanted);
  return new Map((data?.data ?? []).map(({ person_id: id, name }) => [id, name]));
}

/** The least first. */
export function useRoles(): UseQueryResult<RoleList> {
  const { controlPlane } = useServices();
  return useQuery({
    ...rolesQuery(controlPlane, useMembership().organization.id),
    select: (list) => ({
      ...list,
      data: list.data.toSorted((one, other) => one.scopes.length - other.scopes.length),
    }),
  });
}

/** Name of a role for people; as it stands in the API while the roles are on their way. */
export function titleOfRole(name: string, roles: readonly Pick<Role, "name" | "title">[] = []): string {
  return roles.find((role) => role.name === name)?.title ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
