import { Users } from "lucide-react";
import { EmptyState } from "../../components/empty-state.tsx";
import { PageHeader } from "../../components/page-header.tsx";

export function MembersPage() {
  return (
    <>
      <PageHeader title="Members" description="Who belongs to this organization, and what each may do." />
      <EmptyState icon={<Users />} title="Only you so far">
        People of this organization, with the role that says what each may do. Add somebody, and hand over the
        one-time link that lets them in.
      </EmptyState>
    </>
  );
}
