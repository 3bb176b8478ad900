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
  return routes.flatMap(({ name, template, access: { rule, conditional, isOwned } }) => {
    const isOpen = rule === "public" || conditional.some((one) => one.rule === "public");
    if (!isOwned || !isOpen) return [];
    const pattern = findPattern(rules.publicPaths ?? [], template.text);
    const suggestion = `take "${pattern ?? ""}" out of "excludedRoutePaths"`;
    const facts = { route: name, ...(pattern === undefined ? {} : { suggestion }) };
    return [createFault({ code: "CONFIG_PUBLIC_OWNED", facts })];
  });
}

/** The only pattern that can have opened a path, by its text; undefined where several may have. */
function findPattern(patterns: readonly string[], path: string): string | undefined {
  const segments = path.split("/");
  const opening = patterns.filter(
    (pattern) =>
      pattern.includes("*") ||
      pattern.split("/").every((segment, index) => {
        const own = segments[index] ?? "";
        return segment === own || own.startsWith("{") || segment.startsWith("{");
      }),
  );
  return opening.length === 1 ? opening[0] : undefined;
}
