/** Around the pages about one instance: the instance must be there before they ask it anything. */
import { Outlet } from "@tanstack/react-router";
import { ServerOff } from "lucide-react";
import { useState } from "react";
import { ButtonLink } from "../components/button.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { PageHeader } from "../components/page-header.tsx";
import { QueryView } from "../components/query-view.tsx";
import { type Instance, isSeenLately } from "../lib/instance-state.ts";
import { useInstanceProbe } from "../lib/instance-watch.ts";
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
            <Look key={instance.id} instance={instance} />
            <Outlet />
          </>
        );
      }}
    </QueryView>
  );
}

/** What its pages show would stand beside a state of long ago. One look for each visit; it asks three routes. */
function Look({ instance }: { readonly instance: Instance }) {
  const [isNeeded] = useState(() => !instance.is_draft && !isSeenLately(instance, Date.now() / 1_000));
  return isNeeded ? <OneLook instance={instance} /> : null;
}

function OneLook({ instance }: { readonly instance: Instance }) {
  useInstanceProbe(instance, { isSettled: true });
  return null;
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
