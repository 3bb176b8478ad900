/** Who may call each route of a table, derived from the table alone: one row for each route and kind of caller. */
import { fillTemplate, parseTemplate, type RouteTable } from "@agentos/contract";

export interface MatrixRow {
  /** Id of the route, and who calls. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** Scopes of the token; undefined: no token. */
  readonly scopes: readonly string[] | undefined;
  /** Code of the refusal; undefined where the handler answers. */
  readonly code: string | undefined;
}

/** The value of every path parameter is its own name. */
export function deriveMatrix(table: RouteTable): readonly MatrixRow[] {
  return Object.entries(table).flatMap(([id, { method, path, access, items = {} }]) => {
    const at = { method, path: fillTemplate(parseTemplate(path), (name) => name) };
    const row = (caller: string, scopes?: readonly string[], code?: string): MatrixRow => ({
      name: `${id}: ${caller}`,
      ...at,
      scopes,
      code,
    });
    if (access === "public") return [row("no token"), row("a token without scopes", [])];
    const closed = row("no token", undefined, "AUTH_HEADER_MISSING");
    if (access === "authenticated") return [closed, row("a token without scopes", [])];
    const narrow = (item?: string) =>
      access.map((scope) => {
        const [resource = "", action = ""] = scope.split(":");
        const parameter = Object.entries(items).find(([name]) => name === resource)?.[1];
        return parameter === undefined ? scope : `${resource}:${item ?? parameter}:${action}`;
      });
    return [
      closed,
      row("a token without scopes", [], "SCOPE_MISSING"),
      ...access.map((left) => {
        const rest = access.filter((scope) => scope !== left);
        return row(`all but ${left}`, rest, "SCOPE_MISSING");
      }),
      row("exactly its scopes", access),
      row("the admin scope", ["agent_os:admin"]),
      ...(Object.keys(items).length === 0
        ? []
        : [
            row("the scopes of this item", narrow()),
            row("the scopes of another item", narrow("another"), "SCOPE_OTHER_RESOURCE"),
          ]),
    ];
  });
}
