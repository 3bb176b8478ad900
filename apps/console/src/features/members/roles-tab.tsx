/** The roles side by side: who has each, what it is good for, and every scope that it gives. */
import { Check, Minus, Search } from "lucide-react";
import { Fragment } from "react";
import { Avatar } from "../../components/avatar.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { Field } from "../../components/field.tsx";
import { Section } from "../../components/page-header.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { TextInput } from "../../components/text-input.tsx";
import { cx } from "../../lib/cx.ts";
import type { Member, Role } from "../../lib/people.ts";
import { asSentence, countOf } from "../../lib/words.ts";
import { type Capability, listCapabilities, tellCapability } from "./capabilities.ts";

export interface RolesTabProps {
  readonly roles: readonly Role[];
  /** Undefined for who may not see them. */
  readonly members: readonly Member[] | undefined;
  readonly searchText: string;
  readonly onSearch: (text: string) => void;
}

export function RolesTab({ roles, members, searchText, onSearch }: RolesTabProps) {
  const capabilities = listCapabilities(roles);
  return (
    <div className="flex flex-col gap-8 pt-2">
      <div className="grid gap-3 sm:grid-cols-3">
        {roles.map((role) => (
          <RoleCard key={role.name} role={role} members={members?.filter((one) => one.role === role.name)} />
        ))}
      </div>
      <Section title="What each may do">
        <Table
          label="What each role may do"
          columns={[
            { id: "capability", title: "Capability", render: ({ title }) => title },
            ...roles.map((role) =>
              yesOrNo<Capability>(role, (capability) => tellCapability(capability, role)),
            ),
          ]}
          rows={capabilities}
          keyOf={({ title }) => title}
        />
      </Section>
      <Section
        title="Scopes"
        description="What a token is asked for, route by route. A minted token has the scopes of the role, and never more."
        actions={
          <div className="w-full sm:w-64">
            <Field label="Find a scope" isLabelHidden>
              <TextInput
                type="search"
                isCode
                placeholder="agents:run"
                icon={<Search aria-hidden />}
                maxLength={100}
                value={searchText}
                onChange={(event) => onSearch(event.target.value)}
              />
            </Field>
          </div>
        }
      >
        <ScopeTable roles={roles} capabilities={capabilities} searchText={searchText} />
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
    <section className="flex flex-col gap-3 rounded-lg border border-line bg-raised p-4">
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

interface ScopeRow {
  readonly scope: string;
  readonly title: string;
}

function ScopeTable({
  roles,
  capabilities,
  searchText,
}: {
  readonly roles: readonly Role[];
  readonly capabilities: readonly Capability[];
  readonly searchText: string;
}) {
  const wanted = searchText.trim().toLowerCase();
  const rows = capabilities
    .flatMap(({ title, scopes }) => scopes.map((scope): ScopeRow => ({ scope, title })))
    .filter(({ scope, title }) => `${scope} ${title}`.toLowerCase().includes(wanted));
  return (
    <Table
      label="Scopes of the roles"
      columns={[
        {
          id: "scope",
          title: "Scope",
          render: ({ scope }) => <ScopeName scope={scope} />,
        },
        {
          id: "for",
          title: "For",
          isMinor: true,
          render: ({ title }) => <span className="text-ink-soft">{title}</span>,
        },
        ...roles.map((role) =>
          yesOrNo<ScopeRow>(role, ({ scope }) => (role.scopes.includes(scope) ? "yes" : "no")),
        ),
      ]}
      rows={rows}
      keyOf={({ scope }) => scope}
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

function yesOrNo<Row>(role: Role, tell: (row: Row) => "yes" | "some" | "no"): Column<Row> {
  return {
    id: role.name,
    title: role.title,
    align: "center",
    render: (row) => {
      const answer = tell(row);
      if (answer === "some") return <span className="text-xs text-ink-soft">in part</span>;
      const Mark = answer === "yes" ? Check : Minus;
      return (
        <>
          <Mark
            aria-hidden
            className={cx("inline size-4", answer === "yes" ? "text-ok-ink" : "text-ink-faint")}
          />
          <span className="sr-only">{answer}</span>
        </>
      );
    },
  };
}
