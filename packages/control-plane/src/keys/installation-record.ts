/**
 * Whose database it is: the name of the key that the first start had. Nothing else tells two starts with keys of their own
 * apart while nothing is sealed, and what one of them seals the other does not open.
 */
import type { Transaction } from "kysely";
import type { Tables } from "../schema/tables.ts";
import type { Actor } from "../store/actor.ts";
import type { ControlPlaneStore } from "../store/control-plane-store.ts";
import type { SealingKey } from "./installation-keys.ts";

const ONLY = 1;

/** Undefined before anybody had a key. */
export async function readKeyOfDatabase(
  db: Pick<Transaction<Tables>, "selectFrom">,
): Promise<string | undefined> {
  const row = await db
    .selectFrom("agentos_cp_installation")
    .select("seal_key_id")
    .where("installation_no", "=", ONLY)
    .executeTakeFirst();
  return row?.seal_key_id;
}

/** Takes a database that is nobody's; gives the key that it belongs to, which is that of whoever was first. */
export function takeDatabase(store: ControlPlaneStore, { id }: SealingKey): Promise<string> {
  return store.note(async (db, now) => {
    await db
      .insertInto("agentos_cp_installation")
      .values({ installation_no: ONLY, seal_key_id: id, taken_at: now })
      // Waits for another start that is just doing it.
      .onConflict((conflict) => conflict.column("installation_no").doNothing())
      .execute();
    const owner = await readKeyOfDatabase(db);
    if (owner === undefined) throw new Error("INVARIANT: a database that was taken has a key");
    return owner;
  });
}

/** After a new secret, once nothing is sealed by another key. Gives whether it belonged to another one. */
export async function handOverDatabase(
  { store, actor }: { readonly store: ControlPlaneStore; readonly actor: Actor },
  { id }: SealingKey,
): Promise<boolean> {
  const before = await store.read(readKeyOfDatabase);
  if (before === undefined || before === id) return false;
  await store.change(actor, async ({ db, now, audit }) => {
    await db.updateTable("agentos_cp_installation").set({ seal_key_id: id, taken_at: now }).execute();
    await audit({
      organizationId: null,
      action: "keys.resealed",
      target: { kind: "installation", id },
      before: { key: before },
      after: { key: id },
    });
  });
  return true;
}
