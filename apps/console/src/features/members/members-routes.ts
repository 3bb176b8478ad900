import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../lib/parent-routes.ts";
import { readMembersSearch } from "./members-search.ts";

export const membersRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/members",
  staticData: { title: "Members" },
  validateSearch: readMembersSearch,
  component: lazyRouteComponent(() => import("./members-page.tsx"), "MembersPage"),
});
