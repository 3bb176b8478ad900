/** The AgentOS agent server: agents behind an HTTP API, each request authorised or refused with its cause and fix. */

export { type CustomScope, customScope, type Scope } from "@agentos/contract";
export type {
  AuthOptions,
  AuthorizationConfig,
  CorsOptions,
  Denial,
  DenialRecord,
  DenialRecorder,
  Environment,
  Logger,
  UnsafeOptions,
} from "@agentos/guard";
export {
  ConfigurationError,
  type CredentialLocation,
  createLogger,
  type Fault,
  formatPolicy,
  type PolicyInForce,
  type PolicyKey,
  REDACTED_TOKEN,
  type RenderedFault,
  redactTokens,
  redactTokensDeep,
} from "@agentos/guard";
export type {
  CustomRoute,
  RequestContext,
  RouteHandler,
  RunningServer,
  ServeOptions,
} from "@agentos/guard/app";
export {
  authorizationConfigSchema,
  type ConnectionFault,
  corsSchema,
  describeConnectionFault,
} from "@agentos/guard/app";
export { AgentOS } from "./agent-os/agent-os.ts";
export type { AgentOSOptions } from "./agent-os/agent-os-options.ts";
export { Agent } from "./agents/agent.ts";
export { type AgentOptions } from "./agents/agent-options.ts";
export { type Tool, type ToolContext, ToolError, type ToolOptions, tool } from "./agents/define-tool.ts";
export { type ModelObject, OFFLINE_MODELS, type OfflineModelName } from "./agents/model.ts";
export { offlineEcho } from "./agents/offline-echo.ts";
export {
  type OfflineScript,
  type OfflineScriptOptions,
  offlineScript,
  offlineScriptSchema,
} from "./agents/offline-script.ts";
export { type RunContext, RunFailure, type RunInput, type RunMedia, type Runnable } from "./runs/runnable.ts";
export type { RunStep, TokenUsage } from "./runs/steps.ts";
