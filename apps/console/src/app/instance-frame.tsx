/** Around the pages about one instance: the instance must be there before they ask it anything. */
import { Outlet } from "@tanstack/react-router";
import { ServerOff } from "lucide-react";
import { ButtonLink } from "../components/button.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { InstanceLook } from "../components/instance-look.tsx";
import { PageHeader } from "../components/page-header.tsx";
import { QueryView } from "../components/query-view.tsx";
import { useInstances } from "../lib/instances.ts";
import { instanceRoute } from "../lib/parent-routes.ts";

export function InstanceFrame() {
  const { instanceId } = instanceRoute.useParams();
  const query = useInstances();
  return (
    <QueryView query={query} what="the instances">
      {({ data }) => {
        const instance = data.find(({ id }) => id === instanceId);
        if (instance === undefined) return <UnknownInstance />;
        return (
          <>
            <InstanceLook key={instance.id} instance={instance} />
            <Outlet />
          </>
        );
      }}
    </QueryView>
  );
}

function UnknownInstance() {
  return (
    <>
      <PageHeader title="No such instance" />
      <EmptyState
        icon={<ServerOff />}
        title="Deleted, or a draft of somebody else"
        action={<ButtonLink to="/instances">See all instances</ButtonLink>}
      >
        Nothing of this organization that you may see has this address.
      </EmptyState>
    </>
  );
}
