/** Who may do what on this instance: each role, what it gives there, and who has it. */
import { useQuery } from "@tanstack/react-query";
import { Avatar } from "../../components/avatar.tsx";
import { Badge } from "../../components/badge.tsx";
import { Notice } from "../../components/notice.tsx";
import { Section } from "../../components/page-header.tsx";
import { QueryView } from "../../components/query-view.tsx";
import type { Instance } from "../../lib/instance-state.ts";
import { useServices } from "../../lib/services.ts";
import { useMembership } from "../../lib/session.ts";
import { countOf } from "../../lib/words.ts";
import { describeCapabilities } from "./capabilities.ts";
import { scopesForInstance } from "./curl-line.ts";

export function AccessPanel({ instance }: { readonly instance: Instance }) {
  const { controlPlane } = useServices();
  const { organization, scopes, role: ownRole } = useMembership();
  const parameters = { organization_id: organization.id };
  const roles = useQuery({
    queryKey: ["roles", organization.id],
    queryFn: ({ signal }) => controlPlane.roles.list({ parameters }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const members = useQuery({
    queryKey: ["members", organization.id],
    queryFn: ({ signal }) => controlPlane.members.list({ parameters }, { signal }),
    enabled: scopes.includes("org:members:read"),
  });
  return (
    <Section
      title="Who may do what here"
      description="A token has the scopes of its person's role. Roles are given under Members."
    >
      {instance.desired.authorization ? null : (
        <Notice tone="warn" title="Roles do not count here while Authorization is off">
          {instance.desired.security_key
            ? "Whoever has the security key may do everything, whatever their role is."
            : "Whoever reaches the address may do everything."}
        </Notice>
      )}
      <QueryView query={roles} what="the roles">
        {({ data }) => (
          <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-raised">
            {data.map((role) => {
              const there = scopesForInstance(role.scopes);
              const held = members.data?.data.filter((member) => member.role === role.name);
              return (
                <li key={role.name} className="grid gap-x-6 gap-y-2 p-4 sm:grid-cols-[10rem_minmax(0,1fr)]">
                  <div className="flex flex-col items-start gap-1">
                    <h3 className="flex items-center gap-2 text-sm font-medium text-ink">
                      {role.title}
                      {role.name === ownRole ? <Badge tone="accent">You</Badge> : null}
                    </h3>
                    {held === undefined ? null : (
                      <span className="text-xs text-ink-soft">
                        {countOf(held.length, "person", "people")}
                      </span>
                    )}
                  </div>
                  <div className="flex min-w-0 flex-col gap-2">
                    <ul className="flex flex-col gap-0.5 text-sm text-ink-soft">
                      {describeCapabilities(there).map((capability) => (
                        <li key={capability}>{capability}</li>
                      ))}
                    </ul>
                    {held === undefined || held.length === 0 ? null : (
                      <ul className="flex flex-wrap gap-x-4 gap-y-1">
                        {held.slice(0, 12).map(({ person_id: id, name }) => (
                          <li key={id} className="flex items-center gap-1.5 text-xs text-ink">
                            <Avatar name={name} size="sm" />
                            {name}
                          </li>
                        ))}
                        {held.length > 12 ? (
                          <li className="text-xs text-ink-soft">and {held.length - 12} more</li>
                        ) : null}
                      </ul>
                    )}
                    <details>
                      <summary className="w-fit cursor-pointer rounded-sm text-xs text-ink-soft hover:text-ink">
                        {countOf(there.length, "scope")}
                      </summary>
                      <span className="mt-2 flex flex-wrap gap-1">
                        {there.map((scope) => (
                          <Badge key={scope} isCode>
                            {scope}
                          </Badge>
                        ))}
                      </span>
                    </details>
                  </div>
                </li>
              );
            })}
          </ul>
        )}
      </QueryView>
    </Section>
  );
}
