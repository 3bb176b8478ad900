/** Where the shown page stands, from the routes that it is made of. */
import { useMatches } from "@tanstack/react-router";
import type { Crumb } from "../components/breadcrumbs.tsx";
import { useInstances } from "../lib/instances.ts";
import { useRunnablesOf } from "../lib/runnables.ts";
import { useMembership } from "../lib/session.ts";

export function useCrumbs(): readonly Crumb[] {
  const matches = useMatches();
  const { organization } = useMembership();
  const { data } = useInstances();
  const nameOfRunnable = useNameOfRunnable();
  const own = matches.flatMap(({ staticData, pathname, params, routeId, search }): readonly Crumb[] => {
    if (routeId === "/shell/i/$instanceId" && "instanceId" in params) {
      const name = data?.data.find(({ id }) => id === params.instanceId)?.name;
      return name === undefined ? [] : [{ title: name, path: pathname }];
    }
    if (staticData.title === undefined) return [];
    const isNamed = staticData.runnable !== undefined && nameOfRunnable !== undefined;
    const named = { title: isNamed ? nameOfRunnable : staticData.title, path: pathname };
    if (staticData.isOfInstances === true) {
      const connected = data?.data.find(
        ({ id, is_draft }) => "instanceId" in params && id === params.instanceId && !is_draft,
      );
      const place =
        connected === undefined ? [] : [{ title: connected.name, path: `/i/${connected.id}/instance` }];
      return [{ title: "Instances", path: "/instances" }, ...place, named];
    }
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

/** Whom the page is a chat with, as the page itself has read it: nothing is asked for this. */
function useNameOfRunnable(): string | undefined {
  const { data } = useInstances();
  const found = useMatches({
    select: (matches) => {
      const match = matches.find(({ staticData }) => staticData.runnable !== undefined);
      if (match === undefined || !("agentId" in match.params)) return undefined;
      return {
        kind: match.staticData.runnable,
        id: match.params.agentId,
        instanceId: match.params.instanceId,
      };
    },
    structuralSharing: true,
  });
  const instance = data?.data.find(({ id }) => id === found?.instanceId);
  const runnables = useRunnablesOf(instance, false);
  return found?.kind === undefined
    ? undefined
    : runnables[found.kind].find(({ id }) => id === found.id)?.name;
}
