/** Around the pages about one instance: the instance must be there before they ask it anything. */
import { Outlet } from "@tanstack/react-router";
import { InstanceLook } from "../components/instance-look.tsx";
import { NoSuchInstance } from "../components/no-such-instance.tsx";
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
        if (instance === undefined) return <NoSuchInstance />;
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
