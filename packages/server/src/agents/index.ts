/** What an application uses to define agents. */
export { Agent } from "./agent.ts";
export type { AgentOptions } from "./agent-options.ts";
export { type Tool, type ToolContext, ToolError, type ToolOptions, tool } from "./define-tool.ts";
export { DEMO_TOOL_NAMES, DEMO_TOOLS } from "./demo-tools.ts";
export { type ModelObject, OFFLINE_MODELS, type OfflineModelName } from "./model.ts";
export { offlineEcho } from "./offline-echo.ts";
export {
  type OfflineScript,
  type OfflineScriptOptions,
  offlineScript,
  offlineScriptSchema,
} from "./offline-script.ts";
export { offlineSupport } from "./offline-support.ts";
export { REDACTED_TOKEN, redactTokens, redactTokensDeep } from "./redact-tokens.ts";
export {
  type RunContext,
  RunFailure,
  type RunInput,
  type RunMedia,
  type Runnable,
  type RunStep,
  type TokenUsage,
} from "./runnable.ts";
export { createSupportTools, type SupportToolsOptions } from "./support-tools.ts";
