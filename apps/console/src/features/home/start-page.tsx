import { Navigate } from "@tanstack/react-router";
import { Plug } from "lucide-react";
import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { useCurrentInstance } from "../../lib/current-instance.ts";
import { useInstances } from "../../lib/instances.ts";
import { useSignedIn } from "../../lib/session.ts";

export function StartPage() {
  const query = useInstances();
  const { person } = useSignedIn();
  const current = useCurrentInstance();
  return (
    <QueryView query={query} what="the instances">
      {() =>
        current !== undefined ? (
          <Navigate to="/i/$instanceId" params={{ instanceId: current.id }} replace />
        ) : (
          <>
            <PageHeader
              title={`Welcome, ${person.name}`}
              description="One thing is left before you can talk to an agent."
            />
            <EmptyState
              icon={<Plug />}
              title="Connect your first AgentOS"
              action={
                <ButtonLink to="/connect" variant="primary">
                  Connect an instance
                </ButtonLink>
              }
            >
              Agents, sessions and refusals of an AgentOS appear here as soon as one is connected. You need
              its address; the console checks the rest with you.
            </EmptyState>
          </>
        )
      }
    </QueryView>
  );
}
