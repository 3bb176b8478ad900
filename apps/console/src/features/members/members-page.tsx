/** Who belongs to the organization, and what each may do. */
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { UserPlus } from "lucide-react";
import { Button } from "../../components/button.tsx";
import { NeedsScopes } from "../../components/closed-place.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { RequiresScope } from "../../components/requires-scope.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { useMembers, useRoles } from "../../lib/people.ts";
import { AddMemberDialog } from "./add-member-dialog.tsx";
import { MemberList } from "./member-list.tsx";
import { MemberPanel } from "./member-panel.tsx";
import type { MembersSearch } from "./members-search.ts";
import { RolesTab } from "./roles-tab.tsx";

// Not the route itself, which loads this page.
const route = getRouteApi("/shell/members");

export function MembersPage() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const members = useMembers();
  const roles = useRoles();
  const show = (next: MembersSearch, replace = false) =>
    void navigate({ to: "/members", search: next, replace });
  const { tab, q } = search;
  const inTab: MembersSearch = tab === undefined ? {} : { tab };
  return (
    <>
      <PageHeader
        title="Members"
        description="Who belongs to this organization, and what each may do."
        actions={
          <RequiresScope scopes={["org:members:write"]}>
            <Button
              variant="primary"
              icon={<UserPlus aria-hidden />}
              onClick={() => show({ ...inTab, add: true })}
            >
              Add member
            </Button>
          </RequiresScope>
        }
      />
      <Tabs
        label="Members and roles"
        value={tab ?? "members"}
        onChange={(next) => show(next === "roles" ? { tab: "roles" } : {})}
        tabs={[
          {
            value: "members",
            label: "Members",
            count: members.data?.data.length,
            content: (
              <NeedsScopes scopes={["org:members:read"]} what="the members">
                <QueryView query={members} what="the members">
                  {({ data }) => (
                    <MemberList
                      members={data}
                      roles={roles.data?.data ?? []}
                      searchText={tab === undefined ? (q ?? "") : ""}
                      onSearch={(text) => show(text === "" ? {} : { q: text }, true)}
                    />
                  )}
                </QueryView>
              </NeedsScopes>
            ),
          },
          {
            value: "roles",
            label: "Roles",
            content: (
              <QueryView query={roles} what="the roles">
                {({ data }) => (
                  <RolesTab
                    roles={data}
                    members={members.data?.data}
                    searchText={q ?? ""}
                    onSearch={(text) =>
                      show(text === "" ? { tab: "roles" } : { tab: "roles", q: text }, true)
                    }
                  />
                )}
              </QueryView>
            ),
          },
        ]}
      />
      {roles.data === undefined ? null : (
        <>
          <MemberPanel
            personId={search.member}
            members={members.data?.data}
            roles={roles.data.data}
            onClose={() => show(q === undefined ? {} : { q })}
          />
          <AddMemberDialog
            isOpen={search.add === true}
            members={members.data?.data ?? []}
            roles={roles.data.data}
            onClose={() => show(inTab)}
          />
        </>
      )}
    </>
  );
}
