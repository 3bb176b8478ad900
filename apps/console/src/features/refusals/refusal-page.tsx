import { ShieldAlert } from "lucide-react";
import { EmptyState } from "../../components/empty-state.tsx";
import { PageHeader } from "../../components/page-header.tsx";

export function RefusalPage() {
  return (
    <>
      <PageHeader title="Refusal" />
      <EmptyState icon={<ShieldAlert />} title="No such refusal">
        Nothing of this id is recorded.
      </EmptyState>
    </>
  );
}
