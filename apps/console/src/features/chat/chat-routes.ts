import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { instanceRoute } from "../../lib/parent-routes.ts";

export const chatRoute = createRoute({
  getParentRoute: () => instanceRoute,
  path: "/chat",
  staticData: { title: "Chat" },
  component: lazyRouteComponent(() => import("./chat-page.tsx"), "ChatPage"),
});
