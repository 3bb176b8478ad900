/** The AgentOS agent server: agents behind an HTTP API, each request authorised or refused with its cause and fix. */
export * from "./agents/index.ts";
export { AgentOS } from "./agent-os.ts";
export type { AgentOSOptions, CustomRoute } from "./config/agent-os-options.ts";
export type { AuthOptions, AuthorizationConfig, CorsOptions, Environment, UnsafeOptions } from "./config/auth-options.ts";
export { authorizationConfigSchema, corsSchema } from "./config/auth-options.ts";
export { type PolicyDescription, type PolicyKey, formatPolicy } from "./config/describe-policy.ts";
export { type Finding, optionFindings, toFinding } from "./config/faults.ts";
export { ConfigurationError, type ConfigurationFault } from "./configuration-error.ts";
export type { RunningServer, ServeOptions } from "./hosts/serve.ts";
export type { RequestContext, RouteHandler } from "./ports/route-handler.ts";
export { createLogger } from "./log.ts";
export type { Denial, DenialRecord, DenialRecorder } from "./ports/denial-recorder.ts";
export type { Logger } from "./ports/runtime.ts";
export { customScope, type CustomScope, type Scope } from "@agentos/contract";
