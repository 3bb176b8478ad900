/** Who may do what on this instance: each role, what it gives there, and who has it. */
import { Avatar } from "../../components/avatar.tsx";
import { Badge } from "../../components/badge.tsx";
import { CapabilityMark, shortenRole } from "../../components/capability-mark.tsx";
import { Disclosure } from "../../components/disclosure.tsx";
import { Notice } from "../../components/notice.tsx";
import { Section } from "../../components/page-header.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { Table } from "../../components/table.tsx";
import { type Capability, listCapabilities } from "../../lib/capabilities.ts";
import type { Instance } from "../../lib/instance-state.ts";
import { type Role, useMembers, useRoles } from "../../lib/people.ts";
import { useMembership } from "../../lib/session.ts";
import { countOf } from "../../lib/words.ts";
import { scopesForInstance } from "./curl-line.ts";

export function AccessPanel({ instance }: { readonly instance: Instance }) {
  const { role: ownRole } = useMembership();
  const roles = useRoles();
  const members = useMembers();
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
        {({ data }) => {
          const here = data.map(onInstance);
          return (
            <>
              <Table
                label="What each role may do"
                rows={listCapabilities(here)}
                keyOf={({ title }) => title}
                columns={[
                  { id: "what", title: "On this instance", render: ({ title }) => title },
                  ...here.map((role) => ({
                    id: role.name,
                    title: role.title,
                    shortTitle: shortenRole(role),
                    align: "center" as const,
                    render: (capability: Capability) => (
                      <CapabilityMark capability={capability} role={role} />
                    ),
                  })),
                ]}
              />
              <ul className="grid gap-x-6 gap-y-4 sm:grid-cols-3">
                {here.map((role) => (
                  <RolePeople
                    key={role.name}
                    title={role.title}
                    isOwn={role.name === ownRole}
                    scopes={role.scopes}
                    names={members.data?.data
                      .filter((each) => each.role === role.name)
                      .map(({ name }) => name)}
                  />
                ))}
              </ul>
            </>
          );
        }}
      </QueryView>
    </Section>
  );
}

function onInstance(role: Role): Role {
  return { ...role, scopes: [...scopesForInstance(role.scopes)] };
}

interface RolePeopleProps {
  readonly title: string;
  /** The role of who looks. */
  readonly isOwn: boolean;
  readonly scopes: readonly string[];
  /** Undefined for who may not read them. */
  readonly names: readonly string[] | undefined;
}

const MAX_NAMES = 12;

function RolePeople({ title, isOwn, scopes, names }: RolePeopleProps) {
  return (
    <li className="flex min-w-0 flex-col gap-2">
      <h3 className="flex flex-wrap items-center gap-2 text-sm font-medium text-ink">
        {title}
        {isOwn ? <Badge tone="accent">You</Badge> : null}
        {names === undefined ? null : (
          <span className="font-normal text-ink-soft">{countOf(names.length, "person", "people")}</span>
        )}
      </h3>
      {names === undefined || names.length === 0 ? null : (
        <ul className="flex flex-wrap gap-x-4 gap-y-1">
          {names.slice(0, MAX_NAMES).map((name, at) => (
            // People may have the same name.
            <li key={`${at} ${name}`} className="flex items-center gap-1.5 text-xs text-ink">
              <Avatar name={name} size="sm" />
              {name}
            </li>
          ))}
          {names.length > MAX_NAMES ? (
            <li className="text-xs text-ink-soft">and {names.length - MAX_NAMES} more</li>
          ) : null}
        </ul>
      )}
      <Disclosure title={countOf(scopes.length, "scope")}>
        <span className="flex flex-wrap gap-1">
          {scopes.map((scope) => (
            <Badge key={scope} isCode>
              {scope}
            </Badge>
          ))}
        </span>
      </Disclosure>
    </li>
  );
}
