export {
  type CompiledRoute,
  type CompiledRoutes,
  compileRoutes,
  type Fault,
  type RouteAccessDefinition,
} from "./compile-route.ts";
export { accessFor, type Decision, decide } from "./decide.ts";
