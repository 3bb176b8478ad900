export {
  ADMIN_SCOPE,
  DEFAULT_SERVICE_ACCOUNT_SCOPES,
  GLOBAL_SCOPES,
  SCOPE_RESOURCES,
  SCOPE_RESOURCE_ALIASES,
  customScope,
  isPerResource,
  type CustomScope,
  type GlobalScope,
  type PerResourceScope,
  type Scope,
  type ScopeResourceName,
} from "./catalogue.ts";
export { ACCESS_PREREQUISITES, type AccessPrerequisite } from "./prerequisites.ts";
