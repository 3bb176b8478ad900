import { ScrollText } from "lucide-react";
import { EmptyState } from "../../components/empty-state.tsx";
import { PageHeader } from "../../components/page-header.tsx";

export function AuditPage() {
  return (
    <>
      <PageHeader title="Audit" description="Who changed what, newest first." />
      <EmptyState icon={<ScrollText />} title="No changes yet">
        Every change is written down here: who made it, what it was before and after, and where it came from.
      </EmptyState>
    </>
  );
}
