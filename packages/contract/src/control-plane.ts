/**
 * The wire of the control plane: its routes with the scope of each, and the shapes of what they take and give. An entry of
 * its own, since an AgentOS knows nothing of it.
 */
import { instancesRoutes } from "./routes/control-plane/instances.ts";
import { peopleRoutes } from "./routes/control-plane/people.ts";
import { shellRoutes } from "./routes/control-plane/shell.ts";
import { signInRoutes } from "./routes/control-plane/sign-in.ts";
import type { ControlPlaneRoute, ControlPlaneTable } from "./routes/control-plane/table.ts";

/** Every route of the control plane by its id. */
export const CONTROL_PLANE_ROUTES = {
  ...shellRoutes,
  ...signInRoutes,
  ...peopleRoutes,
  ...instancesRoutes,
} satisfies ControlPlaneTable;

/** The same as a type, for who derives from it. */
export type ControlPlaneRoutes = typeof CONTROL_PLANE_ROUTES;
/** Id of a route of the control plane, such as `instances.list`. */
export type ControlPlaneRouteId = keyof ControlPlaneRoutes;
/** Id of a route that changes, signs or spends something. */
export type ControlPlaneWriteId = {
  [Id in ControlPlaneRouteId]: ControlPlaneRoutes[Id] extends { readonly isWrite: true } ? Id : never;
}[ControlPlaneRouteId];

export * from "./wire/control-plane/audit.ts";
export * from "./wire/control-plane/diagnosis.ts";
export * from "./wire/control-plane/fields.ts";
export * from "./wire/control-plane/instance.ts";
export * from "./wire/control-plane/keys.ts";
export * from "./wire/control-plane/person.ts";
export type { ControlPlaneRoute, ControlPlaneTable };
