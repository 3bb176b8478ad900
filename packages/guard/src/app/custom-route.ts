/** Routes of the embedding application: checked before the start, and served under the same guard as ours. */
import type { CompiledRoute } from "@agentos/auth";
import {
  type CustomRouteDefinition,
  createFault,
  type Fault,
  fillTemplate,
  findTemplateProblem,
  PER_RESOURCE_NAMES,
  parseTemplate,
  shapeOf,
} from "@agentos/contract";
import { z } from "zod";
import { callerAccessSchema } from "../gate/caller-access.ts";
import { canonicalize } from "./canonical-path.ts";
import type { RouteHandler } from "./route-handler.ts";

/** A route of the embedding application, under the same guard as ours. */
export type CustomRoute = CustomRouteDefinition & { readonly handler: RouteHandler };

const itemResource = z.enum(PER_RESOURCE_NAMES);

export const customRouteSchema = z
  .strictObject({
    method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    path: z.string().regex(/^\/[^\s?#]*$/, "must begin with a slash"),
    access: z.union([z.literal("public"), callerAccessSchema]).optional(),
    items: z.partialRecord(itemResource, z.string().min(1)).readonly().optional(),
    lists: itemResource.optional(),
    isOwned: z.boolean().optional(),
    tag: z.string().optional(),
    summary: z.string().optional(),
    handler: z.custom<RouteHandler>((value) => typeof value === "function", "must be a function"),
  })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the checks amount to it, but for a missing "access", a fault of its own
  .transform((route) => Object.freeze(route) as CustomRoute);

/** Its key in the route table. Ours have no slash in theirs. */
export function idOf({ method, path }: Pick<CustomRoute, "method" | "path">): string {
  return `${method.toLowerCase()}.${path}`;
}

/** A route of the application that is not public: its very existence is no stranger's business. Ours are in the contract. */
export function isPrivateRoute({ id, access: { rule, conditional } }: CompiledRoute): boolean {
  return id.includes("/") && ![rule, ...conditional.map((one) => one.rule)].includes("public");
}

/** What is wrong with the routes themselves; faults of their scopes are told when they are compiled. */
export function findRouteFaults(
  customRoutes: readonly CustomRoute[],
  compiled: readonly CompiledRoute[],
): readonly Fault[] {
  const byId = new Map(compiled.map((route) => [route.id, route]));
  for (const route of customRoutes) byId.delete(idOf(route));
  const ours = new Set([...byId.values()].map(({ method, template }) => `${method} ${shapeOf(template)}`));
  const taken = new Set(ours);
  return customRoutes.flatMap((custom) => {
    const route = `${custom.method} ${custom.path}`;
    const shape = `${custom.method} ${shapeOf(parseTemplate(custom.path))}`;
    const problem = findPathProblem(custom.path);
    const isMapped = compiled.some(({ id, access }) => id === idOf(custom) && access.rule !== "unmapped");
    const isTaken = taken.has(shape);
    taken.add(shape);
    const facts = { route };
    return [
      ...(problem === undefined
        ? []
        : [createFault({ code: "CONFIG_ROUTE_INVALID", facts: { route, ...problem } })]),
      ...(isMapped ? [] : [createFault({ code: "CONFIG_ROUTE_ACCESS_MISSING", facts })]),
      ...(isTaken
        ? [
            createFault({
              code: "CONFIG_ROUTE_DUPLICATE",
              facts: {
                route,
                owner_found: ours.has(shape) ? "is one that AgentOS has itself" : "is declared twice",
              },
            }),
          ]
        : []),
    ];
  });
}

/** Why no request could reach a path, or why the router would read it otherwise than the guard; and what to write. */
function findPathProblem(
  path: string,
): { readonly problem: string; readonly suggestion?: string } | undefined {
  const template = parseTemplate(path);
  const problem = findTemplateProblem(template);
  if (problem !== undefined) {
    const braced = path.replaceAll(/\/:(\w+)/g, "/{$1}");
    return { problem, ...(braced === path ? {} : { suggestion: `write "${braced}"` }) };
  }
  const canonical = canonicalize(fillTemplate(template, () => "x"));
  if (canonical === fillTemplate(template, () => "x")) return undefined;
  const written = template.parameters.length > 0 || canonical.includes("\0") ? undefined : canonical;
  return {
    problem:
      path.endsWith("/") && path.length > 1
        ? "it ends with a slash, which is taken off every request"
        : "requests never have it in this spelling",
    ...(written === undefined ? {} : { suggestion: `write "${written}"` }),
  };
}
