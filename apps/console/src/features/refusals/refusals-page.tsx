import { ShieldAlert } from "lucide-react";
import { EmptyState } from "../../components/empty-state.tsx";
import { PageHeader } from "../../components/page-header.tsx";

export function RefusalsPage() {
  return (
    <>
      <PageHeader title="Refusals" description="Requests that this instance refused, grouped by cause." />
      <EmptyState icon={<ShieldAlert />} title="Nothing was refused">
        When this instance refuses a request, it stands here with its cause, the evidence, and the button or
        command that fixes it.
      </EmptyState>
    </>
  );
}
