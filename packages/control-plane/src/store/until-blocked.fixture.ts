/** Waits while a change is held open, until somebody else stands before its locks. PostgreSQL alone shows who waits. */
import { sql } from "kysely";
import type { ControlPlaneStore } from "./control-plane-store.ts";

/** Resolves when the work waits for a lock, or has ended without one. */
export async function untilBlocked(store: ControlPlaneStore, work: Promise<unknown>): Promise<void> {
  const state = { isSettled: false };
  const settle = () => {
    state.isSettled = true;
  };
  work.then(settle, settle);
  while (!state.isSettled && !(await isSomebodyWaiting(store))) await Promise.resolve();
}

async function isSomebodyWaiting(store: ControlPlaneStore): Promise<boolean> {
  const { rows } = await store.read((db) =>
    sql`
      select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(db),
  );
  return rows.length > 0;
}
