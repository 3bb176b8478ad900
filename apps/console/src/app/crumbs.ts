/** Where the shown page stands, from the routes that it is made of. */
import { useMatches } from "@tanstack/react-router";
import type { Crumb } from "../components/breadcrumbs.tsx";
import { useInstances } from "../lib/instances.ts";
import { useMembership } from "../lib/session.ts";

export function useCrumbs(): readonly Crumb[] {
  const matches = useMatches();
  const { organization } = useMembership();
  const { data } = useInstances();
  const own = matches.flatMap(({ staticData, pathname, params, routeId, search }): readonly Crumb[] => {
    if (routeId === "/shell/i/$instanceId" && "instanceId" in params) {
      const name = data?.data.find(({ id }) => id === params.instanceId)?.name;
      return name === undefined ? [] : [{ title: name, path: pathname }];
    }
    if (staticData.title === undefined) return [];
    const named = { title: staticData.title, path: pathname };
    if (staticData.isOfInstances === true) return [{ title: "Instances", path: "/instances" }, named];
    const { instance } = search as { readonly instance?: unknown };
    const recordedAt = data?.data.find(({ id }) => id === instance);
    if (routeId !== "/shell/r/$denialId" || recordedAt === undefined) return [named];
    return [
      { title: recordedAt.name, path: `/i/${recordedAt.id}` },
      { title: "Refusals", path: `/i/${recordedAt.id}/refusals` },
      named,
    ];
  });
  return [
    { title: organization.name, path: "/" },
    ...own.filter(({ path, title }) => path !== "/" || title !== "Home"),
  ];
}
