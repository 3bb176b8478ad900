export { PLANNED_ROUTES } from "./planned.ts";
export type {
  CustomRouteDefinition,
  HttpMethod,
  RouteAccess,
  RouteDefinition,
  RouteResource,
} from "./route.ts";
export { SERVED_ROUTES, type ServedRouteId } from "./served.ts";
