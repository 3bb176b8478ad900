/** The control plane of AgentOS: people, organizations, instances, their keys and tokens, and what was changed. */
export { createControlPlaneApp } from "./app/control-plane-app.ts";
