/** An accepted request that leads nowhere: the route or the item is not there. */
import { ADMIN_SCOPE } from "@agentos/contract";
import { matchRoute } from "../scopes/route-table.ts";
import { makeFinding } from "./findings.ts";
import type { DoctorRequest, Finding } from "./report.ts";

/** There is no such route, or no item of this id: a request that nobody refuses, and that leads nowhere all the same. */
export function explainAbsent(
  { method, path, matched }: DoctorRequest,
  detail: string | undefined,
  { seenAt, cli }: { readonly seenAt: string; readonly cli: string },
): Finding {
  const isRoute = matched === undefined || detail === "Not Found" || detail === "Method Not Allowed";
  const known = isRoute && matched === undefined ? findKnownRoute(method, path) : undefined;
  const other = isRoute ? findServedMethod(path) : undefined;
  const suggestion =
    other !== undefined
      ? `ask for it with the method of the request that was refused: --route "${other} ${path.slice(0, 200)}"`
      : known === undefined
        ? undefined
        : `ask for ${known.path}: the address of this AgentOS ends before ${known.prefix}, or a proxy has to take ${known.prefix} away before it`;
  const facts = {
    route: `${method} ${path.slice(0, 200)}`,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
  const code = isRoute ? "CLI_ROUTE_UNKNOWN" : "CLI_ITEM_UNKNOWN";
  return makeFinding({ code, facts, level: "error", seenAt }, cli);
}

/** A method with which this path is one of the routes that are served. */
function findServedMethod(path: string): string | undefined {
  return ["POST", "PUT", "PATCH", "DELETE"].find((method) => {
    const matched = matchRoute(method, path, ADMIN_SCOPE);
    return "route" in matched && matched.isServed;
  });
}

/** The route of the contract that stands behind a prefix. */
function findKnownRoute(
  method: string,
  path: string,
): { readonly path: string; readonly prefix: string } | undefined {
  const segments = path.split("/").slice(1);
  for (let start = 1; start < segments.length; start += 1) {
    const rest = `/${segments.slice(start).join("/")}`;
    if ("route" in matchRoute(method, rest, ADMIN_SCOPE))
      return { path: rest, prefix: `/${segments.slice(0, start).join("/")}` };
  }
  return undefined;
}
