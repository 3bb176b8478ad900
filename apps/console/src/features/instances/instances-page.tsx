import { Server } from "lucide-react";
import { EmptyState } from "../../components/empty-state.tsx";
import { PageHeader } from "../../components/page-header.tsx";

export function InstancesPage() {
  return (
    <>
      <PageHeader
        title="Instances"
        description="AgentOS instances of this organization, their switches and their keys."
      />
      <EmptyState icon={<Server />} title="No instance yet">
        An instance is an AgentOS that this organization uses. Connect one by its address: the console checks
        step by step what stands between, and says what to do.
      </EmptyState>
    </>
  );
}
