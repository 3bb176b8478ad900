/** The callers of the route matrix: one credential each, and what becomes of it at a route. */
import type { SharedRefusalCode } from "./expected-refusals.ts";
import type { ResourceScope, RouteRow } from "./route-rows.ts";

/** Passes, or is refused: before authentication with its own code, or for its scopes. */
export type Expected = "passes" | "empty list" | "SCOPE_MISSING" | "SCOPE_OTHER_RESOURCE" | SharedRefusalCode;

export interface Caller {
  readonly name: string;
  /** What is sent: nothing, a token with these scopes, or a token with one thing wrong. */
  readonly credential:
    | "none"
    | "damaged"
    | "another audience"
    | ((scope: ResourceScope, id: string) => readonly string[]);
  readonly expected: (demands: Exclude<RouteRow["demands"], "public">) => Expected;
}

const NONE: ResourceScope = { resource: "agents", action: "read", otherAction: "run" };

/** What a caller without any fitting scope gets: a verified caller is enough for "authenticated". */
const refused = (demands: Exclude<RouteRow["demands"], "public">): Expected =>
  demands === "authenticated" ? "passes" : "SCOPE_MISSING";

/** What a scope for one item does: enough for that item, a filter for a list, nothing for a whole resource. */
const forItem =
  (isThisItem: boolean): Caller["expected"] =>
  (demands) => {
    if (demands === "authenticated") return "passes";
    if (demands.kind === "item") return isThisItem ? "passes" : "SCOPE_OTHER_RESOURCE";
    if (demands.kind === "list") return isThisItem ? "passes" : "empty list";
    return "SCOPE_MISSING";
  };

const passes = (): Expected => "passes";

export const CALLERS: readonly Caller[] = [
  { name: "no token", credential: "none", expected: () => "AUTH_HEADER_MISSING" },
  { name: "a bad token", credential: "damaged", expected: () => "AUTH_SIGNATURE_INVALID" },
  {
    name: "a token for another audience",
    credential: "another audience",
    expected: () => "AUTH_AUDIENCE_MISMATCH",
  },
  { name: "no scopes", credential: () => [], expected: refused },
  {
    name: "the scope of a neighbour",
    credential: ({ resource, action }) =>
      ["teams", "agents", "agent", "sessions"]
        .filter((name) => name !== resource)
        .map((name) => `${name}:${action}`),
    expected: refused,
  },
  {
    name: "another action",
    credential: ({ resource, otherAction }, id) => [
      `${resource}:${otherAction}`,
      `${resource}:${id}:${otherAction}`,
    ],
    expected: refused,
  },
  {
    name: "patterns that are no scopes",
    credential: ({ resource, action }) => [
      "*",
      "*:*",
      `${resource}:*`,
      `*:${action}`,
      resource,
      `${resource}:${action}:x:y`,
    ],
    expected: refused,
  },
  {
    name: "the scope in upper case, and with a space",
    credential: ({ resource, action }) => [`${resource}:${action}`.toUpperCase(), ` ${resource}:${action}`],
    expected: refused,
  },
  {
    name: "the exact scope",
    credential: ({ resource, action }) => [`${resource}:${action}`],
    expected: passes,
  },
  {
    name: "the scope of this item",
    credential: ({ resource, action }, id) => [`${resource}:${id}:${action}`],
    expected: forItem(true),
  },
  {
    name: "the scope of another item",
    credential: ({ resource, action }) => [`${resource}:another:${action}`],
    expected: forItem(false),
  },
  {
    name: "the wildcard",
    credential: ({ resource, action }) => [`${resource}:*:${action}`],
    expected: passes,
  },
  { name: "the admin scope", credential: () => ["agent_os:admin"], expected: passes },
];

/** The same against a server whose admin scope is `root:all`. */
export const CUSTOM_ADMIN_CALLERS: readonly Caller[] = [
  { name: "the configured admin scope", credential: () => ["root:all"], expected: passes },
  {
    name: "the default admin scope, which then means nothing",
    credential: () => ["agent_os:admin"],
    expected: refused,
  },
];

/** Scopes of a caller at a route; a route without scopes is asked with those of agents. */
export function scopesAt(
  credential: Caller["credential"],
  row: Pick<RouteRow, "demands">,
): readonly string[] {
  if (typeof credential !== "function") return ["agent_os:admin"];
  const { demands } = row;
  if (typeof demands === "string") return credential(NONE, "web-agent");
  if (demands.kind !== "item") return credential(demands.scope, "web-agent");
  const scopes = demands.also === undefined ? [demands.scope] : [demands.scope, demands.also];
  return scopes.flatMap((scope) => credential(scope, demands.id));
}
