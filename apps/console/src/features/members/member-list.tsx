/** The members as rows; each leads to the panel where they are changed. */
import { Link } from "@tanstack/react-router";
import { Search, Users } from "lucide-react";
import { Avatar } from "../../components/avatar.tsx";
import { Badge } from "../../components/badge.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { Field } from "../../components/field.tsx";
import { RelativeTime } from "../../components/relative-time.tsx";
import { Status } from "../../components/status.tsx";
import { type Column, rowLinkClasses, Table } from "../../components/table.tsx";
import { TextInput } from "../../components/text-input.tsx";
import { type Member, type Role, titleOfRole } from "../../lib/people.ts";
import { useSignedIn } from "../../lib/session.ts";

/** Fewer are seen at a glance. */
const SEARCHED_FROM = 8;

export interface MemberListProps {
  readonly members: readonly Member[];
  readonly roles: readonly Role[];
  readonly searchText: string;
  readonly onSearch: (text: string) => void;
}

export function MemberList({ members, roles, searchText, onSearch }: MemberListProps) {
  const { person } = useSignedIn();
  const wanted = searchText.trim().toLowerCase();
  const shown = members.filter(({ name, email, role }) =>
    `${name} ${email} ${role}`.toLowerCase().includes(wanted),
  );
  const columns: readonly Column<Member>[] = [
    {
      id: "name",
      title: "Name",
      render: (member) => (
        <div className="flex min-w-0 items-center gap-3 py-1">
          <Avatar name={member.name} />
          <div className="flex min-w-0 flex-col">
            <span className="flex min-w-0 flex-wrap items-center gap-x-2">
              <Link
                to="/members"
                search={{ ...(searchText === "" ? {} : { q: searchText }), member: member.person_id }}
                data-row-link
                className={`${rowLinkClasses} wrap-anywhere`}
              >
                {member.name}
              </Link>
              {member.person_id === person.id ? <Badge>You</Badge> : null}
            </span>
            <span className="text-xs wrap-anywhere text-ink-soft">{member.email}</span>
          </div>
        </div>
      ),
    },
    {
      id: "role",
      title: "Role",
      render: ({ role, has_signed_in: hasSignedIn }) => (
        <span className="flex flex-col">
          {titleOfRole(role, roles)}
          {hasSignedIn ? null : (
            <span className="text-xs [&>span]:text-xs">
              <Status tone="warn" word="Not signed in yet" />
            </span>
          )}
        </span>
      ),
    },
    {
      id: "added",
      title: "Added",
      isMinor: true,
      align: "end",
      render: ({ created_at: at }) => (
        <span className="relative z-1 text-ink-soft">
          <RelativeTime seconds={at} />
        </span>
      ),
    },
  ];
  return (
    <div className="flex flex-col gap-3">
      {members.length < SEARCHED_FROM && searchText === "" ? null : (
        <div className="max-w-72">
          <Field label="Find a member" isLabelHidden>
            <TextInput
              type="search"
              placeholder="Name, e-mail or role"
              icon={<Search aria-hidden />}
              value={searchText}
              maxLength={100}
              onChange={(event) => onSearch(event.target.value)}
              onClear={() => onSearch("")}
            />
          </Field>
        </div>
      )}
      <Table
        label="Members"
        columns={columns}
        rows={shown}
        keyOf={({ person_id: id }) => id}
        empty={
          <EmptyState icon={<Users />} title="Nobody fits">
            No member has this in their name, e-mail address or role.
          </EmptyState>
        }
      />
      {members.length === 1 && searchText === "" ? (
        <p className="max-w-prose text-xs text-ink-soft">
          Only you so far. Add somebody, and hand over the one-time link that lets them in: nothing is sent by
          mail.
        </p>
      ) : null}
    </div>
  );
}
