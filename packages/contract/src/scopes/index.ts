export {
  ADMIN_SCOPE,
  type CustomScope,
  customScope,
  DEFAULT_SERVICE_ACCOUNT_SCOPES,
  GLOBAL_SCOPES,
  type GlobalScope,
  isPerResource,
  type PerResourceScope,
  SCOPE_RESOURCE_ALIASES,
  SCOPE_RESOURCES,
  type Scope,
  type ScopeResource,
  type ScopeResourceName,
} from "./catalogue.ts";
export { ACCESS_PREREQUISITES, type AccessPrerequisite } from "./prerequisites.ts";
