/** A route of one user's data that the operator opens to callers whom nobody knows. */
import type { CompiledRoute } from "@agentos/auth";
import { createFault, type Fault } from "@agentos/contract";
import type { ResolvedPolicy } from "./resolve-policy.ts";

/** Under isolation a caller without a user id reaches nobody's data: the route is open, and answers nothing useful. */
export function findPublicOwnedFaults(
  { policy, rules }: Pick<ResolvedPolicy, "policy" | "rules">,
  routes: readonly CompiledRoute[],
): readonly Fault[] {
  if (!policy.isolatesUsers || rules.publicPaths === undefined) return [];
  return routes.flatMap(({ name, access: { rule, conditional, isOwned } }) => {
    const isOpen = rule === "public" || conditional.some((one) => one.rule === "public");
    return isOwned && isOpen ? [createFault({ code: "CONFIG_PUBLIC_OWNED", facts: { route: name } })] : [];
  });
}
