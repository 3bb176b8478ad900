export { compileRoutes, type CompiledRoute, type CompiledRoutes, type Fault, type RouteAccessDefinition } from "./compile-route.ts";
export { accessFor, decide, type Decision } from "./decide.ts";
