/**
 * After a new installation secret: seals every private key anew under the current one. Each row names the key that has
 * sealed it, and a batch is one transaction, so that it may be stopped anywhere and begun again.
 */
import type { Actor } from "../store/actor.ts";
import type { Change, ControlPlaneStore } from "../store/control-plane-store.ts";
import type { InstallationKeys, SealingKey } from "./installation-keys.ts";
import { handOverDatabase } from "./installation-record.ts";
import { open, seal } from "./seal.ts";

export interface ResealOutcome {
  readonly resealed: number;
  /** Rows that no key at hand opens; they are left as they are. */
  readonly unopened: number;
  /** The database belonged to another key, and belongs to the current one now. */
  readonly isHandedOver: boolean;
}

export interface ResealOptions {
  /** Rows of one transaction. Default 50. */
  readonly batchSize?: number | undefined;
  /** Told after each batch how many there are so far. Default: nobody. */
  readonly onBatch?: ((resealed: number) => void) | undefined;
}

/** Does it. While it runs, others sign with rows of either kind. */
export async function resealKeys(
  { store, actor }: { readonly store: ControlPlaneStore; readonly actor: Actor },
  { sealing }: Pick<InstallationKeys, "sealing">,
  { batchSize = 50, onBatch = () => undefined }: ResealOptions = {},
): Promise<ResealOutcome> {
  const [current] = sealing;
  let [resealed, unopened, after] = [0, 0, ""];
  for (;;) {
    const rows = await readOld(store, { current, after, batchSize });
    const last = rows.at(-1);
    if (last === undefined) {
      const isHandedOver = unopened === 0 && (await handOverDatabase({ store, actor }, current));
      return { resealed, unopened, isHandedOver };
    }
    after = last.kid;
    const opened = rows.flatMap((row) => sealAnew(row, sealing));
    unopened += rows.length - opened.length;
    if (opened.length === 0) continue;
    resealed += await store.change(actor, (change) => writeBatch(change, opened, current));
    onBatch(resealed);
  }
}

async function readOld(
  store: ControlPlaneStore,
  {
    current,
    after,
    batchSize,
  }: { readonly current: SealingKey; readonly after: string; readonly batchSize: number },
) {
  const rows = await store.read((db) =>
    db
      .selectFrom("agentos_cp_keys")
      .select(["kid", "instance_id", "sealed_private", "seal_key_id"])
      .where("seal_key_id", "!=", current.id)
      .where("sealed_private", "is not", null)
      .where("kid", ">", after)
      .orderBy("kid")
      .limit(batchSize)
      .execute(),
  );
  return rows.flatMap(({ sealed_private: sealed, ...row }) => (sealed === null ? [] : [{ ...row, sealed }]));
}

type OldRow = Awaited<ReturnType<typeof readOld>>[number];

function sealAnew(row: OldRow, [current, ...older]: InstallationKeys["sealing"]) {
  const owner = { instanceId: row.instance_id, kid: row.kid };
  const key = older.find(({ id }) => id === row.seal_key_id);
  const plain = key === undefined ? undefined : open(row.sealed, key, owner);
  if (plain === undefined) return [];
  try {
    return [{ ...row, anew: seal(plain, current, owner) }];
  } finally {
    plain.fill(0);
  }
}

async function writeBatch(
  change: Change,
  rows: readonly (OldRow & { readonly anew: string })[],
  current: SealingKey,
): Promise<number> {
  let written = 0;
  for (const { kid, sealed, anew } of rows) {
    const { numUpdatedRows } = await change.db
      .updateTable("agentos_cp_keys")
      .set({ sealed_private: anew, seal_key_id: current.id })
      .where("kid", "=", kid)
      // Whoever has retired it or sealed it anew meanwhile was right.
      .where("sealed_private", "=", sealed)
      .executeTakeFirst();
    written += Number(numUpdatedRows);
  }
  await change.audit({
    organizationId: null,
    action: "keys.resealed",
    target: { kind: "installation", id: current.id },
    after: { count: written },
  });
  return written;
}
