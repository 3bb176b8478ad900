import { Navigate } from "@tanstack/react-router";
import { MessagesSquare } from "lucide-react";
import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { InstanceQueryView } from "../../components/instance-query-view.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { Skeleton } from "../../components/skeleton.tsx";
import { instanceRoute } from "../../lib/parent-routes.ts";
import { CHAT_ROUTES } from "../../lib/runnable-kinds.ts";
import { useAgents, useConfig, useRunnables } from "../../lib/runnables.ts";

/** The first agent that can be asked, else the first team or workflow; the chat has the list to choose another one. */
export function ChooseAgentPage() {
  const { instanceId } = instanceRoute.useParams();
  const query = useAgents();
  return (
    <>
      <PageHeader title="Chat" />
      <InstanceQueryView
        query={query}
        what="the agents"
        instanceId={instanceId}
        ask={(client) => client.agents.list()}
      >
        {() => <First instanceId={instanceId} />}
      </InstanceQueryView>
    </>
  );
}

function First({ instanceId }: { readonly instanceId: string }) {
  const runnables = useRunnables();
  const config = useConfig();
  const kind = (["agents", "teams", "workflows"] as const).find((one) => runnables[one].length > 0);
  const first = kind === undefined ? undefined : runnables[kind][0];
  if (kind !== undefined && first !== undefined)
    return <Navigate to={CHAT_ROUTES[kind]} params={{ instanceId, agentId: first.id }} replace />;
  // Teams and workflows stand there.
  if (config.isPending) return <Skeleton label="Loading what can be talked to" lines={3} />;
  return (
    <EmptyState
      icon={<MessagesSquare />}
      title="Nobody to talk to"
      action={
        <ButtonLink to="/i/$instanceId" params={{ instanceId }}>
          See what this instance has
        </ButtonLink>
      }
    >
      This instance has no agent, team or workflow that you may read. They are written in the code of the
      AgentOS and appear here when it starts.
    </EmptyState>
  );
}
