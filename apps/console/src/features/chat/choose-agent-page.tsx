import { Navigate } from "@tanstack/react-router";
import { MessagesSquare } from "lucide-react";
import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { InstanceQueryView } from "../../components/instance-query-view.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { useAgents } from "../../lib/instance-data.ts";
import { instanceRoute } from "../../lib/parent-routes.ts";

/** The first agent that can be asked; the chat has the list to choose another one. */
export function ChooseAgentPage() {
  const { instanceId } = instanceRoute.useParams();
  const query = useAgents();
  return (
    <InstanceQueryView
      query={query}
      what="the agents"
      instanceId={instanceId}
      ask={(client) => client.agents.list()}
    >
      {([first]) =>
        first === undefined ? (
          <>
            <PageHeader title="Chat" />
            <EmptyState
              icon={<MessagesSquare />}
              title="No agent to talk to"
              action={
                <ButtonLink to="/i/$instanceId" params={{ instanceId }}>
                  See what this instance has
                </ButtonLink>
              }
            >
              This instance has no agent that you may read. Agents are written in the code of the AgentOS and
              appear here when it starts.
            </EmptyState>
          </>
        ) : (
          <Navigate to="/i/$instanceId/agents/$agentId" params={{ instanceId, agentId: first.id }} replace />
        )
      }
    </InstanceQueryView>
  );
}
