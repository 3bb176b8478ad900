import { Bot } from "lucide-react";
import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { instanceRoute } from "../../lib/parent-routes.ts";

export function HomePage() {
  const { instanceId } = instanceRoute.useParams();
  return (
    <>
      <PageHeader
        title="Home"
        description="Agents, teams and workflows of this instance, with what you may do with each."
      />
      <EmptyState
        icon={<Bot />}
        title="No agents to show yet"
        action={
          <ButtonLink to="/i/$instanceId/chat" params={{ instanceId }} variant="primary">
            Open chat
          </ButtonLink>
        }
      >
        This is where you start: pick an agent, or one of its prompts, and a chat begins.
      </EmptyState>
    </>
  );
}
