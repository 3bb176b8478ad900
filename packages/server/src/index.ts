/**
 * The AgentOS agent server: agents behind an HTTP API, each request authorised or refused with its cause and fix.
 * Of the guard only what the options and answers of an `AgentOS` are made of; the rest is in `@agentos/guard`.
 */

export { type CustomScope, customScope, type Scope } from "@agentos/contract";
export type {
  AuthorizationConfig,
  CorsOptions,
  CountedDecision,
  DecisionCount,
  DecisionCounter,
  DecisionOutcome,
  DecisionPage,
  DecisionQuery,
  Denial,
  DenialCountPage,
  DenialCountQuery,
  DenialFilter,
  DenialGroup,
  DenialGrouping,
  DenialPage,
  DenialQuery,
  DenialRecord,
  DenialRecorder,
  Environment,
  Logger,
  UnsafeOptions,
} from "@agentos/guard";
export {
  ConfigurationError,
  type CredentialLocation,
  type PolicyInForce,
  type PolicyKey,
  type PolicyOptions,
  type RenderedFault,
} from "@agentos/guard";
export type {
  CustomRoute,
  RequestContext,
  RouteHandler,
  RunningServer,
  ServeOptions,
} from "@agentos/guard/app";
export { AgentOS } from "./agent-os/agent-os.ts";
export type { AgentOSOptions } from "./agent-os/agent-os-options.ts";
export {
  DATABASE_WORDS,
  type DatabaseOptions,
  databaseOptionsShape,
  type RetentionOptions,
} from "./agent-os/database-options.ts";
export { type LimitOptions, limitsSchema } from "./agent-os/limit-options.ts";
export { Agent } from "./agents/agent.ts";
export { type AgentOptions, quickPromptsSchema, rememberingOptionsShape } from "./agents/agent-options.ts";
export type { JsonSchema } from "./agents/compiled-parameters.ts";
export { type Tool, type ToolContext, ToolError, type ToolOptions, tool } from "./agents/define-tool.ts";
export { OFFLINE_MODELS, type OfflineModelName } from "./agents/model.ts";
export { offlineEcho } from "./agents/offline-echo.ts";
export {
  type OfflineScript,
  type OfflineScriptOptions,
  offlineScript,
  offlineScriptSchema,
} from "./agents/offline-script.ts";
export type { ModelObject } from "./agents/provider/model-object.ts";
export type { ToolArguments, ToolParameters } from "./agents/tool-schema.ts";
export type { MemoryText, RunMemories } from "./runs/run-memories.ts";
export {
  type DecidedCall,
  type ModelQuestion,
  type RunContext,
  RunFailure,
  type RunFork,
  type RunInput,
  type RunMedia,
  type Runnable,
  type RunnableMemory,
  type RunnablePauses,
  type RunResumption,
} from "./runs/runnable.ts";
export type { RunStep, TokenUsage } from "./runs/steps.ts";
