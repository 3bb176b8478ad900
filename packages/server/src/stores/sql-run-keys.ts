/** Names of requests that their client may send again: each belongs to one run of its owner. */
import type { Owner } from "@agentos/auth";
import type { Database } from "@agentos/storage";
import { type ExpressionBuilder, type Kysely, sql, type Transaction } from "kysely";
import { KEY_SECONDS, type KnownRequest, RequestKnown } from "../runs/run-queue.ts";
import type { NewRun } from "../runs/store.ts";
import { fromKeyText, toKeyText } from "./schema/key-text.ts";
import { toOwnerColumns } from "./schema/owner-columns.ts";
import type { Tables } from "./schema/tables.ts";

interface KeyName {
  readonly owner: Owner;
  readonly idempotencyKey: string;
}

export interface SqlRunKeys {
  findRequest(db: Kysely<Tables>, name: KeyName): Promise<KnownRequest | undefined>;
  /** With the run that it begins. Throws {@link RequestKnown}. */
  keep(transaction: Transaction<Tables>, run: NewRun): Promise<void>;
}

export function createSqlRunKeys(
  { dialect: { now } }: Pick<Database<Tables>, "dialect">,
  { deployment }: { readonly deployment: string },
): SqlRunKeys {
  function toColumns({ owner, idempotencyKey }: KeyName) {
    const { owner_issuer, owner_kind, owner_id } = toOwnerColumns(owner);
    return { deployment, owner_issuer, owner_kind, owner_id, idempotency_key: idempotencyKey };
  }

  /** It goes with its run, which goes with its session. */
  const hasRun = (row: ExpressionBuilder<Tables, "agentos_run_keys">) =>
    row.exists(
      row
        .selectFrom("agentos_runs")
        .select("run_no")
        .where("agentos_runs.deployment", "=", deployment)
        .whereRef("agentos_runs.run_id", "=", "agentos_run_keys.run_id"),
    );

  async function findRequest(db: Kysely<Tables>, name: KeyName): Promise<KnownRequest | undefined> {
    const row = await db
      .selectFrom("agentos_run_keys")
      .select(["request_hash", "run_id", "session_id"])
      .where((columns) => columns.and(toColumns(name)))
      .where("created_at", ">", sql<number>`${now} - ${KEY_SECONDS}`)
      .where(hasRun)
      .executeTakeFirst();
    return (
      row && {
        requestHash: row.request_hash,
        runId: fromKeyText(row.run_id),
        sessionId: fromKeyText(row.session_id),
      }
    );
  }

  return {
    findRequest,
    async keep(transaction, { key, runId, idempotency }) {
      if (idempotency === undefined) return;
      const name = { owner: key.owner, idempotencyKey: idempotency.key };
      const columns = toColumns(name);
      // One that was forgotten already gives its place.
      await transaction
        .deleteFrom("agentos_run_keys")
        .where((row) => row.and(columns))
        .where((row) =>
          row.or([row("created_at", "<=", sql<number>`${now} - ${KEY_SECONDS}`), row.not(hasRun(row))]),
        )
        .execute();
      const added = await transaction
        .insertInto("agentos_run_keys")
        .values({
          ...columns,
          request_hash: idempotency.requestHash,
          run_id: toKeyText(runId),
          session_id: toKeyText(key.sessionId),
          created_at: now,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning("run_id")
        .executeTakeFirst();
      if (added !== undefined) return;
      const known = await findRequest(transaction, name);
      if (known === undefined) throw new Error("INVARIANT: what is in the way can be read");
      throw new RequestKnown(known);
    },
  };
}
