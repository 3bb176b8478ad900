/** Routes under the rules that the operator lays over them. */
import { type CompiledRoutes, compileRoutes, type RouteAccessDefinition } from "@agentos/auth";
import type { Fault } from "@agentos/contract";
import { nameOption } from "../config/option-names.ts";
import type { ResolvedPolicy } from "../config/resolve-policy.ts";

/** Compiles a route table under the rules of a configuration. */
export function compileRoutesFor(
  { policy, rules, writtenIn }: Pick<ResolvedPolicy, "policy" | "rules" | "writtenIn">,
  table: Readonly<Record<string, RouteAccessDefinition>>,
): CompiledRoutes {
  const { routes, faults } = compileRoutes(table, {
    adminScope: policy.adminScope,
    scopeMappings: rules.scopeMappings,
    publicPaths: rules.publicPaths,
    allowUnmappedRoutes: rules.allowsUnmappedRoutes,
  });
  // The engine knows the option by its own name; whoever wrote it looks for it where it stands.
  const place = (fault: Fault): Fault =>
    fault.at === "excludedRoutePaths" ? { ...fault, at: nameOption(fault.at, writtenIn) } : fault;
  return { routes, faults: faults.map(place) };
}
