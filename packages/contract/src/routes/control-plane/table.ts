/** The shape of the control plane's routes: those of the contract, and whether they change something. */
import type { RouteDefinition } from "../route.ts";

/** One route of the control plane. */
export interface ControlPlaneRoute extends RouteDefinition {
  /** Changes something, signs something or spends something: it is audited, and stands in the tables of attacks. */
  readonly isWrite: boolean;
}

/** Routes by their stable ids, such as `instances.list`. */
export type ControlPlaneTable = Readonly<Record<string, ControlPlaneRoute>>;
