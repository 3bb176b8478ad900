/** The application shell: what a server of ours (agents, control plane) is built of. Everything stands behind the guard. */
export { canonicalize } from "./app/canonical-path.ts";
export { type AppRoute, createApp } from "./app/create-app.ts";
export {
  type InputFault,
  inputFault,
  invalidFields,
  type ValidationIssue,
  valueIssue,
} from "./app/input-fault.ts";
export { createErrorPage, createResourceMetadataRoute } from "./app/page-routes.ts";
export { faultResponse, jsonResponse, notFound } from "./app/responses.ts";
export type { RequestContext, RouteHandler } from "./app/route-handler.ts";
export { authOptionsShape, authorizationConfigSchema, corsSchema } from "./config/auth-options.ts";
export { throwErrors } from "./config/configuration-error.ts";
export { authModeOf } from "./config/describe-policy.ts";
export {
  createOptionFault,
  findOptionFaults,
  formatPath,
  type OptionSource,
  type OptionWords,
} from "./config/option-faults.ts";
export { type ResolvedAuth, resolveAuth } from "./config/resolve-auth.ts";
export {
  type AuthRuntime,
  type CompiledAccessRules,
  compileAccess,
  createAuthRuntime,
} from "./gate/auth-runtime.ts";
export { type RunningServer, type ServeOptions, serveOnNode } from "./hosts/serve.ts";
export { type ConnectionFault, describeConnectionFault } from "./keys/describe-connection-fault.ts";
export type { Clock, GenerateId, Runtime } from "./log/runtime.ts";
export { createResourceMetadata, type ResourceMetadataService } from "./pages/resource-metadata.ts";
export { resourceOptions } from "./pages/resource-options.ts";
