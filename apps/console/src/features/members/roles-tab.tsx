/** The roles side by side: who has each, what it is good for, and every scope that it gives. */
import { ChevronRight, Search } from "lucide-react";
import { Fragment, useState } from "react";
import { Avatar } from "../../components/avatar.tsx";
import { CapabilityMark, shortenRole } from "../../components/capability-mark.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { Field } from "../../components/field.tsx";
import { Section } from "../../components/page-header.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { TextInput } from "../../components/text-input.tsx";
import { type Capability, findCapabilities, listCapabilities } from "../../lib/capabilities.ts";
import type { Member, Role } from "../../lib/people.ts";
import { asSentence, countOf } from "../../lib/words.ts";

export interface RolesTabProps {
  readonly roles: readonly Role[];
  /** Undefined for who may not see them. */
  readonly members: readonly Member[] | undefined;
  readonly searchText: string;
  readonly onSearch: (text: string) => void;
}

export function RolesTab({ roles, members, searchText, onSearch }: RolesTabProps) {
  return (
    <div className="flex flex-col gap-8 pt-2">
      <div className="grid gap-x-3 max-sm:gap-y-3 sm:grid-cols-3">
        {roles.map((role) => (
          <RoleCard key={role.name} role={role} members={members?.filter((one) => one.role === role.name)} />
        ))}
      </div>
      <Section
        title="What each may do"
        description="Each route asks the token for a scope. A token gets those of its person's role, and never more."
        actions={
          <div className="w-full sm:w-64">
            <Field label="Find a scope" isLabelHidden>
              <TextInput
                type="search"
                placeholder="Find a scope, such as agents:run"
                icon={<Search aria-hidden />}
                maxLength={100}
                value={searchText}
                onChange={(event) => onSearch(event.target.value)}
                onClear={() => onSearch("")}
              />
            </Field>
          </div>
        }
      >
        <CapabilityTable roles={roles} searchText={searchText} />
      </Section>
    </div>
  );
}

const SHOWN_NAMES = 4;

function RoleCard({
  role,
  members,
}: {
  readonly role: Role;
  readonly members: readonly Member[] | undefined;
}) {
  return (
    <section className="row-span-2 grid grid-rows-subgrid gap-y-3 rounded-lg border border-line bg-raised p-4">
      <div className="flex flex-col gap-1">
        <h2 className="text-base font-semibold text-ink">{role.title}</h2>
        <p className="text-xs text-ink-soft">{asSentence(role.description)}</p>
      </div>
      <div className="flex flex-col gap-2 border-t border-line pt-3 text-xs text-ink-soft">
        <p>
          {countOf(role.scopes.length, "scope")}
          {members === undefined ? "" : ` · ${countOf(members.length, "person", "people")}`}
        </p>
        {members === undefined || members.length === 0 ? null : (
          <ul className="flex flex-col gap-1.5">
            {members.slice(0, SHOWN_NAMES).map(({ person_id: id, name }) => (
              <li key={id} className="flex min-w-0 items-center gap-2 text-sm text-ink">
                <Avatar name={name} size="sm" />
                <span className="truncate">{name}</span>
              </li>
            ))}
            {members.length > SHOWN_NAMES ? <li>and {members.length - SHOWN_NAMES} more</li> : null}
          </ul>
        )}
      </div>
    </section>
  );
}

/** What a role may do, and below it, once unfolded, the scopes that it is made of. */
interface Row extends Capability {
  readonly key: string;
  /** Set in the row of one scope. */
  readonly scope?: string;
}

function CapabilityTable({ roles, searchText }: Pick<RolesTabProps, "roles" | "searchText">) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const wanted = searchText.trim().toLowerCase();
  const isOpen = ({ title }: Capability) => wanted !== "" || opened.has(title);
  const rows = findCapabilities(listCapabilities(roles), wanted).flatMap((capability): readonly Row[] => [
    { ...capability, key: capability.title },
    ...(isOpen(capability)
      ? capability.scopes.map((scope) => ({ ...capability, scopes: [scope], scope, key: scope }))
      : []),
  ]);
  function toggle({ title }: Capability) {
    const next = new Set(opened);
    if (!next.delete(title)) next.add(title);
    setOpened(next);
  }
  return (
    <Table
      label="What each role may do"
      columns={[
        {
          id: "capability",
          title: "May",
          render: (row) =>
            row.scope === undefined ? (
              <button
                type="button"
                aria-expanded={isOpen(row)}
                aria-disabled={wanted !== "" || undefined}
                onClick={() => toggle(row)}
                className="group flex min-h-7 items-center gap-2 rounded-sm text-left text-ink pointer-coarse:min-h-11"
              >
                <ChevronRight
                  aria-hidden
                  className="size-3.5 shrink-0 text-ink-faint transition-transform group-aria-expanded:rotate-90"
                />
                {row.title}
              </button>
            ) : (
              <span className="block pl-5.5">
                <ScopeName scope={row.scope} />
              </span>
            ),
        },
        ...roles.map(tellColumn),
      ]}
      rows={rows}
      keyOf={({ key }) => key}
      empty={
        <EmptyState icon={<Search />} title="No role gives such a scope">
          Nothing that a role gives has this in its name. On an instance, tokens of another issuer may have
          it.
        </EmptyState>
      }
    />
  );
}

/** Broken at its colons, where there is no room for it. */
function ScopeName({ scope }: { readonly scope: string }) {
  return (
    <code className="font-mono text-xs text-ink">
      {scope.split(":").map((part, at) => (
        <Fragment key={`${at} ${part}`}>
          {at === 0 ? null : (
            <>
              :<wbr />
            </>
          )}
          {part}
        </Fragment>
      ))}
    </code>
  );
}

function tellColumn(role: Role): Column<Row> {
  return {
    id: role.name,
    title: role.title,
    shortTitle: shortenRole(role),
    align: "center",
    render: (row) => <CapabilityMark capability={row} role={role} />,
  };
}
