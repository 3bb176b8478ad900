/** Routes that an operator has made public: nobody is asked there who calls, not even whether it is this machine. */
import type { CompiledRoute } from "@agentos/auth";

/** True where one of the routes whose id begins so is public, if only for some parameters. */
export function isOpened(routes: readonly CompiledRoute[], idPrefix: string): boolean {
  return routes.some(
    ({ id, access }) =>
      id.startsWith(idPrefix) &&
      (access.rule === "public" || access.conditional.some(({ rule }) => rule === "public")),
  );
}
