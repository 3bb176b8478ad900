/** Who is signed in, and what they may do. */
import type { ControlPlaneClient } from "@agentos/client";
import { queryOptions, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { findMissingScopes, type MissingScope, nameRolesThatGive } from "./scope-words.ts";
import { useServices } from "./services.ts";

export type SignedIn = Awaited<ReturnType<ControlPlaneClient["account"]["read"]>>;
export type Membership = SignedIn["memberships"][number];

export function sessionQuery(controlPlane: ControlPlaneClient) {
  return queryOptions({
    queryKey: ["session"],
    queryFn: ({ signal }) => controlPlane.account.read({}, { signal }),
    staleTime: 60_000,
  });
}

export function rolesQuery(controlPlane: ControlPlaneClient, organizationId: string) {
  return queryOptions({
    queryKey: ["roles", organizationId],
    queryFn: ({ signal }) =>
      controlPlane.roles.list({ parameters: { organization_id: organizationId } }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Only inside of the shell, which is there for nobody else. */
export function useSignedIn(): SignedIn {
  const { controlPlane } = useServices();
  return useSuspenseQuery(sessionQuery(controlPlane)).data;
}

/** What the person is in the organization that is shown: the first of theirs, until there is a switch. */
export function useMembership(): Membership {
  const [membership] = useSignedIn().memberships;
  if (membership === undefined) throw new Error("INVARIANT: the shell is for members");
  return membership;
}

/** Why the person may not; undefined for whoever may. The server decides again, whatever this says. */
export function useMissingScopes(needed: readonly string[]): MissingScope | undefined {
  const { scopes } = useMembership();
  const isMissing = findMissingScopes(needed, scopes, []) !== undefined;
  const roles = useRoles(isMissing);
  return isMissing ? findMissingScopes(needed, scopes, roles) : undefined;
}

/** Who could give scopes that a token of the person lacks: `an Owner`. Undefined where nobody is to be asked, or no role gives them. */
export function useWhoGives(needed: readonly string[]): string | undefined {
  const roles = useRoles(needed.length > 0);
  return needed.length === 0 ? undefined : nameRolesThatGive(needed, roles);
}

function useRoles(isNeeded: boolean) {
  const { controlPlane } = useServices();
  const query = rolesQuery(controlPlane, useMembership().organization.id);
  return useQuery({ ...query, enabled: isNeeded }).data?.data ?? [];
}
