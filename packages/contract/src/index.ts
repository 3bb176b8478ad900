/** The wire truth of AgentOS: scopes, routes, errors and schemas. No I/O, and no logic beyond reading them. */

export { REVOKED_AHEAD_SECONDS } from "./errors/auth-refusals.ts";
export { MAX_TOKEN_LIFETIME_HOURS } from "./errors/config-faults.ts";
export {
  type CauseEntry,
  type Challenge,
  CLAIM_STAGES,
  type ErrorEntry,
  type Facts,
  type FaultEntry,
  type LimitEntry,
  type RefusalEntry,
  type RefusalStatus,
  type RejectionEntry,
  STAGES,
  type Stage,
  TOKEN_STAGES,
} from "./errors/entry.ts";
export {
  CAUSES,
  type CauseCode,
  type ControlPlaneCode,
  ERRORS,
  type ErrorCode,
  FAULTS,
  type FaultCode,
  LIMITS,
  type LimitCode,
  REFUSALS,
  REJECTIONS,
  RETIRED_CODES,
  type RefusalCode,
  type RejectionCode,
} from "./errors/error-catalogue.ts";
export { createFault, type Fault, type FaultParts, type RenderedFault, renderFault } from "./errors/fault.ts";
export { DEFAULT_CLI, FIX_COMMANDS } from "./errors/fix-commands.ts";
export { MIN_RSA_BITS } from "./errors/key-faults.ts";
export {
  NEUTRAL_FACTS,
  type PlaceOf,
  placesOf,
  renderFix,
  renderNeutral,
  renderText,
} from "./errors/render.ts";
export { pagesRoutes } from "./routes/pages.ts";
export {
  type CustomRouteDefinition,
  type HttpMethod,
  type RouteAccess,
  type RouteDefinition,
  type RouteRequestBody,
  type RouteResponse,
  type RouteTable,
} from "./routes/route.ts";
export type { RouteBody, RouteParameters, RouteQuery, RouteResult } from "./routes/route-shapes.ts";
export {
  type PageRouteId,
  PLANNED_ROUTES,
  type PlannedRouteId,
  ROUTES,
  type RouteId,
  SERVED_ROUTES,
  type ServedRouteId,
} from "./routes/route-table.ts";
export { SOCKETS, type SocketActionName, type SocketDefinition, type SocketId } from "./routes/sockets.ts";
export {
  compareTemplates,
  fillTemplate,
  findTemplateProblem,
  matchTemplate,
  parseTemplate,
  shapeOf,
  splitParameters,
  type Template,
  type TemplatePart,
  toRouterPath,
} from "./routes/template.ts";
export { ACCESS_PREREQUISITES, type AccessPrerequisite } from "./scopes/prerequisites.ts";
export {
  ADMIN_SCOPE,
  type CustomScope,
  customScope,
  DEFAULT_SERVICE_ACCOUNT_SCOPES,
  GLOBAL_SCOPES,
  type GlobalScope,
  isPerResource,
  PER_RESOURCE_NAMES,
  type PerResourceName,
  type PerResourceScope,
  SCOPE_RESOURCE_ALIASES,
  SCOPE_RESOURCES,
  type Scope,
  type ScopeResource,
  type ScopeResourceName,
} from "./scopes/scope-catalogue.ts";
export {
  type AgentObject,
  type AgentTool,
  agentModelSchema,
  agentSchema,
  agentToolSchema,
  agentToolsSchema,
  type ConfigAgent,
  configAgentSchema,
  type ModelSummary,
  modelSchema,
} from "./wire/agent.ts";
export type { Checkpoint } from "./wire/checkpoint.ts";
export {
  CONTINUE_FORM_FIELDS,
  type ContinueFormFieldName,
  continueFormSchema,
  continueJsonSchema,
} from "./wire/continue-form.ts";
export {
  DEFAULT_COOKIE_NAME,
  DEFAULT_PORT,
  DEFAULT_TOKEN_HEADER,
} from "./wire/defaults.ts";
export {
  DENIAL_GROUPINGS,
  type DenialCountList,
  type DenialList,
  type DenialObject,
  denialCountListSchema,
  denialCountQuerySchema,
  denialListSchema,
  denialQuerySchema,
  denialSchema,
} from "./wire/denial.ts";
export { isRecord } from "./wire/is-record.ts";
export { type PrefixedKind, RUNNABLE_KINDS, type RunnableKind } from "./wire/kinds.ts";
export {
  MEMORY_LIMITS,
  type MemoryList,
  type MemoryListQuery,
  type MemoryObject,
  type MemoryStatistics,
  memoryDatabaseQuerySchema,
  memoryIdsSchema,
  memoryInputSchema,
  memoryOwnerQuerySchema,
  memoryQuerySchema,
  memoryStatisticsQuerySchema,
  type OptimizedMemories,
  optimizeMemoriesInputSchema,
} from "./wire/memory.ts";
export {
  jsonObjectSchema,
  type Media,
  type Message,
  type Metrics,
  type ModelMetrics,
  mediaSchema,
  messageSchema,
  metricsSchema,
  modelMetricsSchema,
  type Requirement,
  requirementSchema,
  type ToolCall,
  type ToolExecution,
  toolCallSchema,
  toolExecutionSchema,
  toolMetricsSchema,
  userInputFieldSchema,
} from "./wire/message.ts";
export { type PageMeta, pageMetaSchema } from "./wire/page.ts";
export { type PolicyObject, policySchema } from "./wire/policy.ts";
export {
  errorSchema,
  limitSchema,
  type Problem,
  problemSchema,
  validationErrorSchema,
} from "./wire/problem.ts";
export { type ResourceMetadata, resourceMetadataSchema } from "./wire/resource-metadata.ts";
export {
  MAX_IDENTIFIER_CHARACTERS,
  type RevocationInput,
  type RevocationList,
  type RevocationObject,
  type Revoked,
  revocationInputSchema,
  revocationQuerySchema,
  revokedSchema,
} from "./wire/revocation.ts";
export {
  type AnyRunEvent,
  type RunEvent,
  type RunEventName,
  runEventSchema,
  type TeamRunEvent,
  teamRunEventSchema,
} from "./wire/run-events.ts";
export {
  type MediaInput,
  mediaInputSchema,
  RUN_FORM_FIELDS,
  type RunFormFieldKind,
  type RunFormFieldName,
  runFormSchema,
  runJsonSchema,
} from "./wire/run-form.ts";
export {
  type AnyRunOutput,
  RUN_STATUSES,
  type RunInputSummary,
  type RunOutput,
  type RunStatus,
  runInputSchema,
  runOutputSchema,
  runStatusSchema,
  type TeamRunOutput,
  teamRunOutputSchema,
} from "./wire/run-output.ts";
export {
  type Config,
  configSchema,
  healthSchema,
  type Info,
  infoSchema,
  modelsSchema,
  rootSchema,
} from "./wire/server-info.ts";
export { SERVICE_ACCOUNT_TOKEN_PREFIX } from "./wire/service-account.ts";
export {
  type AgentSessionObject,
  agentSessionSchema,
  type ChangedSessionBody,
  cancelQuerySchema,
  changedSessionSchema,
  type NewSessionBody,
  newSessionQuerySchema,
  newSessionSchema,
  renamedSessionSchema,
  runListQuerySchema,
  runQuerySchema,
  type SessionObject,
  type SessionQueryObject,
  sessionDetailSchema,
  sessionIdsSchema,
  sessionListQuerySchema,
  sessionListSchema,
  sessionOwnerQuerySchema,
  sessionQuerySchema,
  sessionRunsQuerySchema,
  type TeamSessionObject,
  teamSessionSchema,
  type WorkflowSessionObject,
  workflowSessionSchema,
} from "./wire/session.ts";
export {
  anySessionRunSchema,
  type SessionRun,
  sessionRunSchema,
  type TeamSessionRun,
  teamSessionRunSchema,
} from "./wire/session-run.ts";
export { type TeamObject, teamSchema } from "./wire/team.ts";
export * from "./wire/version.ts";
export { type WorkflowObject, workflowSchema } from "./wire/workflow.ts";
