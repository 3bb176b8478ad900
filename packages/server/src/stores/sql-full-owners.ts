/**
 * Owners that were refused since they have all that they may have. A transaction that is refused takes those that share
 * its commit back with it, so whoever goes on asking is refused by a look that disturbs nobody.
 */
import type { Owner } from "@agentos/auth";
import { type Database, prepareQuery } from "@agentos/storage";
import type { Kysely } from "kysely";
import { SessionsFull } from "../runs/store.ts";
import { toOwnerColumns } from "./schema/owner-columns.ts";
import type { Tables, UsageTable } from "./schema/tables.ts";
import { requireRoom } from "./sql-usage.ts";

/** Who is forgotten here is refused in its transaction. */
const MAX_OWNERS = 1_000;

/** Writes what an owner begins. */
export type WriteOfOwner = <Result>(owner: Owner, write: () => Promise<Result>) => Promise<Result>;

export interface FullOwnersOptions {
  readonly deployment: string;
  readonly maxBytesPerOwner: number;
}

const findUsage = prepareQuery((db: Kysely<Tables>, owner: Omit<UsageTable, "bytes">) =>
  db
    .selectFrom("agentos_usage")
    .select("bytes")
    .where("deployment", "=", owner.deployment)
    .where("owner_issuer", "=", owner.owner_issuer)
    .where("owner_kind", "=", owner.owner_kind)
    .where("owner_id", "=", owner.owner_id),
);

/** Rejects with {@link SessionsFull}. */
export function createFullOwners(
  database: Pick<Database<Tables>, "read">,
  { deployment, maxBytesPerOwner }: FullOwnersOptions,
): WriteOfOwner {
  const full = new Set<string>();

  return async (owner, write) => {
    if (full.size > 0) {
      const key = keyOf(owner);
      if (full.has(key)) {
        const [usage] = await database.read((db) => findUsage(db, { deployment, ...toOwnerColumns(owner) }));
        requireRoom(owner, usage?.bytes ?? 0, maxBytesPerOwner);
        full.delete(key);
      }
    }
    try {
      return await write();
    } catch (cause) {
      if (cause instanceof SessionsFull) {
        full.add(keyOf(owner));
        const [oldest] = full;
        if (full.size > MAX_OWNERS && oldest !== undefined) full.delete(oldest);
      }
      throw cause;
    }
  };
}

/** Of so many bytes at most, however long an id is. */
function keyOf(owner: Owner): string {
  const { owner_issuer, owner_kind, owner_id } = toOwnerColumns(owner);
  return JSON.stringify([owner_issuer, owner_kind, owner_id]);
}
