/** Routes under the rules that the operator lays over them. */
import { type CompiledRoute, compileRoutes, type RouteAccessDefinition } from "@agentos/auth";
import type { Fault } from "@agentos/contract";
import type { ResolvedPolicy } from "../config/resolve-policy.ts";

/** Compiled routes, and what is wrong with them or the rules. */
export interface RuledRoutes {
  /** In the order of the table. */
  readonly routes: readonly CompiledRoute[];
  /** Errors have to stop the start. */
  readonly faults: readonly Fault[];
}

/** Compiles a route table under the rules of a configuration. */
export function compileRoutesFor(
  { policy, rules }: Pick<ResolvedPolicy, "policy" | "rules">,
  table: Readonly<Record<string, RouteAccessDefinition>>,
): RuledRoutes {
  return compileRoutes(table, {
    adminScope: policy.adminScope,
    scopeMappings: rules.scopeMappings,
    publicPaths: rules.publicPaths,
    allowUnmappedRoutes: rules.allowsUnmappedRoutes,
  });
}
