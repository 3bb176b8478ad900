/** Where a database is: a file of SQLite, or a server of PostgreSQL. Read once, from one text. */

export type DatabaseLocation =
  | { readonly kind: "sqlite" /** A path, or `:memory:`. */; readonly file: string }
  | PostgresLocation;

export interface PostgresLocation {
  readonly kind: "postgres";
  /** Holds the password: never to be printed. */
  readonly url: string;
  /** The same database past a pooler, for the connection that listens. Undefined: `url` leads there too. */
  readonly directUrl?: string | undefined;
}

export type LocationFault = "empty" | "unknown-scheme" | "no-url" | "no-host" | "no-file";

/**
 * Reads `postgres://…`, `postgresql://…`, `sqlite:PATH` and `sqlite://PATH` (three slashes for a path from the root).
 * Relative paths stay relative: whoever opens the file says to which folder. The fault repeats nothing of the text.
 */
export function parseLocation(text: string): DatabaseLocation | LocationFault {
  const trimmed = text.trim();
  if (trimmed === "") return "empty";
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(trimmed)?.[1]?.toLowerCase();
  // Not "file:" too: in a configuration and on the command line that is a file which holds the address.
  if (scheme === "sqlite") {
    const file = trimmed.slice(scheme.length + 1).replace(/^\/\//, "");
    return file === "" ? "no-file" : { kind: "sqlite", file };
  }
  if (scheme !== "postgres" && scheme !== "postgresql") return "unknown-scheme";
  const url = URL.parse(trimmed);
  if (url === null) return "no-url";
  // A socket folder may stand in the query in place of a host.
  return url.hostname === "" && !url.searchParams.has("host")
    ? "no-host"
    : { kind: "postgres", url: trimmed };
}

/** What may be shown of it: never a user, a password or a query. */
export function showLocation(location: DatabaseLocation): string {
  if (location.kind === "sqlite")
    return location.file === ":memory:" ? "SQLite in memory" : `SQLite ${location.file}`;
  const url = URL.parse(location.url);
  return `PostgreSQL ${url?.hostname ?? ""}${url?.port ? `:${url.port}` : ""}${url?.pathname ?? ""}`;
}
