/** Who is signed in, and what they may do. */
import type { ControlPlaneClient } from "@agentos/client";
import { queryOptions, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { findMissingScopes, type MissingScope } from "./scope-words.ts";
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
  const { controlPlane } = useServices();
  const { organization, scopes } = useMembership();
  const isMissing = needed.some((scope) => !scopes.includes(scope));
  const roles = useQuery({
    queryKey: ["roles", organization.id],
    queryFn: ({ signal }) =>
      controlPlane.roles.list({ parameters: { organization_id: organization.id } }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: isMissing,
  });
  return isMissing ? findMissingScopes(needed, scopes, roles.data?.data ?? []) : undefined;
}
