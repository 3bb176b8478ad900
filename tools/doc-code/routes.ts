// The routes that a documented request may name: those of an AgentOS and of a control plane, and those that the code of
// the page declares.
import {
  matchTemplate,
  PLANNED_ROUTES,
  parseTemplate,
  ROUTES,
  type RouteDefinition,
  SERVED_ROUTES,
} from "@agentos/contract";
import { CONTROL_PLANE_ROUTES } from "@agentos/contract/control-plane";

export interface OwnRoute {
  /** Undefined: any. */
  readonly method: string | undefined;
  readonly path: string;
}

const served = Object.values<RouteDefinition>(SERVED_ROUTES);
const controlPlane = Object.values<RouteDefinition>(CONTROL_PLANE_ROUTES);
const planned = Object.values<RouteDefinition>(PLANNED_ROUTES);

/** What is wrong with a documented request, or nothing. */
export function judgeRequest(method: string, target: string, own: readonly OwnRoute[]): string | undefined {
  const path = pathOf(target);
  const fitting = [...served, ...controlPlane, ...own].filter((route) => fits(route.path, path));
  // A GET route answers HEAD too.
  const wanted = method === "HEAD" ? "GET" : method;
  if (fitting.some((route) => route.method === undefined || route.method === wanted)) return undefined;
  const methods = fitting.map((route) => route.method).join(", ");
  const problem =
    methods === "" ? `no route matches ${method} ${path}` : `${path} answers ${methods}, not ${method}`;
  const isPlanned = planned.some((route) => route.method === wanted && fits(route.path, path));
  return isPlanned ? `${problem} (a later version will)` : problem;
}

/** True for a route of the contract, answered today or planned. */
export function isInContract(method: string, target: string): boolean {
  return Object.values<RouteDefinition>(ROUTES).some(
    (route) => route.method === method.toUpperCase() && fits(route.path, pathOf(target)),
  );
}

/** The routes that TypeScript declares in the ways that our hosts know: Hono, Express, Fastify, `routes`, plain Node. */
export function findOwnRoutes(typescript: string): readonly OwnRoute[] {
  const called = typescript.matchAll(/\.(get|post|put|patch|delete)(?:<[^(]*>)?\(\s*"(\/[^"]*)"/g);
  const declared = typescript.matchAll(/\bmethod: "([A-Z]+)",\s*path: "(\/[^"]*)"/g);
  const compared = typescript.matchAll(/\burl [!=]== "(\/[^"]*)"/g);
  return [
    ...[...called, ...declared].map(([, method = "", path = ""]) => ({ method: method.toUpperCase(), path })),
    ...[...compared].map(([, path = ""]) => ({ method: undefined, path })),
  ];
}

/** The path of a URL whose host may be a name, a variable or missing. */
function pathOf(target: string): string {
  const [address = ""] = target.replace(/^\w+:\/\//, "").split(/[?#]/);
  const path = address.slice(address.indexOf("/")).replace(/\/+$/, "");
  return address.includes("/") && path !== "" ? path : "/";
}

/** Express, Fastify and Hono write `:name` for a parameter. */
function fits(template: string, path: string): boolean {
  return matchTemplate(parseTemplate(template.replaceAll(/\/:(\w+)/g, "/{$1}")), path) !== undefined;
}
