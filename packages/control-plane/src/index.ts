/** The control plane of AgentOS: people, organizations, instances, their keys and tokens, and what was changed. */
export {
  type ControlPlaneOptions,
  type ControlPlaneRetentionOptions,
  DEFAULT_CONTROL_PLANE_PORT,
} from "./control-plane/control-plane-options.ts";
export {
  type ControlPlane,
  type ControlPlaneServeOptions,
  createControlPlane,
} from "./control-plane/create-control-plane.ts";
export type { LocalConfiguration, LocalInstance } from "./instances/local-instance.ts";
