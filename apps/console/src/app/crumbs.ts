/** Where the shown page stands, from the routes that it is made of. */
import { useMatches } from "@tanstack/react-router";
import type { Crumb } from "../components/breadcrumbs.tsx";
import { useInstances } from "../lib/instances.ts";
import { useMembership } from "../lib/session.ts";

export function useCrumbs(): readonly Crumb[] {
  const matches = useMatches();
  const { organization } = useMembership();
  const { data } = useInstances();
  const own = matches.flatMap(({ staticData, pathname, params, routeId }): readonly Crumb[] => {
    if (routeId === "/shell/i/$instanceId" && "instanceId" in params) {
      const name = data?.data.find(({ id }) => id === params.instanceId)?.name;
      return name === undefined ? [] : [{ title: name, path: pathname }];
    }
    return staticData.title === undefined ? [] : [{ title: staticData.title, path: pathname }];
  });
  return [
    { title: organization.name, path: "/" },
    ...own.filter(({ path, title }) => path !== "/" || title !== "Home"),
  ];
}
