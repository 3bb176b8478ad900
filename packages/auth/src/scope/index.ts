export { compileGrants, visibleItems, type Grants } from "./grants.ts";
export { parseScope, type ParsedScope } from "./parse.ts";
export type { PathParameters, Requirement } from "./requirement.ts";
