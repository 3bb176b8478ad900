/** Who changed what, and what became of what was revoked. */
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { NeedsScopes } from "../../components/closed-place.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { ChangesTab } from "./changes-tab.tsx";
import { RevocationsTab } from "./revocations-tab.tsx";

// Not the route itself, which loads this page.
const route = getRouteApi("/shell/audit");

export function AuditPage() {
  const search = route.useSearch();
  const navigate = useNavigate();
  return (
    <>
      <PageHeader title="Audit" description="Who changed what. Entries are never edited." />
      <NeedsScopes scopes={["authz:read"]} what="the audit log">
        <Tabs
          label="Audit"
          value={search.tab ?? "changes"}
          onChange={(tab) => void navigate({ to: "/audit", search: tab === "revocations" ? { tab } : {} })}
          tabs={[
            { value: "changes", label: "Changes", content: <ChangesTab search={search} /> },
            { value: "revocations", label: "Revocations", content: <RevocationsTab state={search.state} /> },
          ]}
        />
      </NeedsScopes>
    </>
  );
}
