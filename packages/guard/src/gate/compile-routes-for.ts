/** Routes under the rules that the operator lays over them. */
import { type CompiledRoutes, compileRoutes, type RouteAccessDefinition } from "@agentos/auth";
import type { ResolvedPolicy } from "../config/resolve-policy.ts";

/** Compiles a route table under the rules of a configuration. */
export function compileRoutesFor(
  { policy, rules }: Pick<ResolvedPolicy, "policy" | "rules">,
  table: Readonly<Record<string, RouteAccessDefinition>>,
): CompiledRoutes {
  return compileRoutes(table, {
    adminScope: policy.adminScope,
    scopeMappings: rules.scopeMappings,
    publicPaths: rules.publicPaths,
    allowUnmappedRoutes: rules.allowsUnmappedRoutes,
  });
}
