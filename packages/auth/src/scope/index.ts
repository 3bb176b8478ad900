export { compileGrants, type Grants, visibleItems } from "./grants.ts";
export { type ParsedScope, parseScope } from "./parse.ts";
export type { PathParameters, Requirement } from "./requirement.ts";
