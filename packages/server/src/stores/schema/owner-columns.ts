/** Whose rows a query reaches. The owner is three columns, compared byte by byte; a scope is never left out. */
import type { DataScope, Owner } from "@agentos/auth";
import { type RawBuilder, sql } from "kysely";
import { fromKeyText, readJsonText, toKeyText, toLongText } from "./key-text.ts";
import type { OwnerColumns } from "./tables.ts";

/** The columns of a row of this owner. */
export function toOwnerColumns({ issuer, kind, id }: Owner): OwnerColumns {
  return {
    owner_issuer: toKeyText(issuer),
    owner_kind: kind,
    owner_id: toKeyText(id),
    owner_long_id: toLongText(id),
  };
}

export function readOwner({ owner_issuer, owner_kind, owner_id, owner_long_id }: OwnerColumns): Owner {
  return {
    issuer: fromKeyText(owner_issuer),
    // INVARIANT: `toOwnerColumns` wrote it.
    kind: owner_kind as Owner["kind"],
    id: (owner_long_id === null ? undefined : readJsonText(owner_long_id)) ?? fromKeyText(owner_id),
  };
}

type OwnedTable = "agentos_sessions" | "agentos_memories";

/** Rows of one owner. */
export function isOwnedBy(owner: Owner, table: OwnedTable): RawBuilder<boolean> {
  return hasOwnerColumns(toOwnerColumns(owner), table);
}

/** Rows with these columns; the values may be places of a query that is built once. */
export function hasOwnerColumns(
  { owner_issuer, owner_kind, owner_id }: Omit<OwnerColumns, "owner_long_id">,
  table: OwnedTable,
): RawBuilder<boolean> {
  const column = (name: keyof OwnerColumns) => sql.ref(`${table}.${name}`);
  return sql<boolean>`(${column("owner_issuer")} = ${owner_issuer} and ${column("owner_kind")} = ${owner_kind} and ${column("owner_id")} = ${owner_id})`;
}

/** Rows that a scope reaches; everything, for everybody's. */
export function isInScope(scope: DataScope, table: OwnedTable): RawBuilder<boolean> {
  switch (scope.kind) {
    case "all":
      return sql<boolean>`1 = 1`;
    case "user":
      return isOwnedBy(scope.owner, table);
    default:
      return sql<boolean>`1 = 0`;
  }
}
