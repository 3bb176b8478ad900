import { History } from "lucide-react";
import { EmptyState } from "../../components/empty-state.tsx";
import { PageHeader } from "../../components/page-header.tsx";

export function SessionsPage() {
  return (
    <>
      <PageHeader title="Sessions" description="Chats of this instance that you may see." />
      <EmptyState icon={<History />} title="No sessions yet">
        Each chat is kept as a session. Find one again here by its name, continue it, rename it or delete it.
      </EmptyState>
    </>
  );
}
