/** The AgentOS agent server: agents behind an HTTP API, each request authorised or refused with its cause and fix. */

export { type CustomScope, customScope, type Scope } from "@agentos/contract";
export { AgentOS } from "./agent-os.ts";
export * from "./agents/index.ts";
export type { AgentOSOptions, CustomRoute } from "./config/agent-os-options.ts";
export type {
  AuthOptions,
  AuthorizationConfig,
  CorsOptions,
  Environment,
  UnsafeOptions,
} from "./config/auth-options.ts";
export { authorizationConfigSchema, corsSchema } from "./config/auth-options.ts";
export {
  type CredentialLocation,
  formatPolicy,
  type PolicyDescription,
  type PolicyKey,
} from "./config/describe-policy.ts";
export { type Finding, optionFindings, toFinding } from "./config/faults.ts";
export { ConfigurationError, type ConfigurationFault } from "./configuration-error.ts";
export { type ConnectionFault, describeConnectionFault } from "./describe-connection-fault.ts";
export { type DescribedIssue, describeIssue } from "./describe-issue.ts";
export type { RunningServer, ServeOptions } from "./hosts/serve.ts";
export { createLogger } from "./log.ts";
export type { Denial, DenialRecord, DenialRecorder } from "./ports/denial-recorder.ts";
export type { RequestContext, RouteHandler } from "./ports/route-handler.ts";
export type { Logger } from "./ports/runtime.ts";
