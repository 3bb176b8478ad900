import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../lib/parent-routes.ts";

export const membersRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/members",
  staticData: { title: "Members" },
  component: lazyRouteComponent(() => import("./members-page.tsx"), "MembersPage"),
});
