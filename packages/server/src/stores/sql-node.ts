/** This process among the servers of a database: it says that it lives while it runs something. */
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { Database } from "@agentos/storage";
import type { Transaction } from "kysely";
import type { RunStore } from "../runs/store.ts";
import { fromKeyText } from "./schema/key-text.ts";
import type { Tables } from "./schema/tables.ts";
import { isActiveRun } from "./sql-run-queries.ts";

export interface SqlNode extends Pick<RunStore, "beat"> {
  /** For what begins a run: nobody may take it because this server has been idle, and silent, before. */
  writeWithBeat: Database<Tables>["write"];
  /** It runs nothing any more: what is left of it may be found by other servers of this process. */
  close(): void;
}

export interface SqlNodeOptions {
  /** Whose rows these are, where several servers of different kinds share a database. */
  readonly deployment: string;
  /** Of this server, unlike any other's. */
  readonly nodeId: string;
}

/** Well below the silence of a server that is gone. */
const BEAT_SECONDS = 2;
/** Servers of this very process: its id tells nothing about them. */
const ownNodes = new Set<string>();

export function createSqlNode(database: Database<Tables>, { deployment, nodeId }: SqlNodeOptions): SqlNode {
  const { now } = database.dialect;
  const host = describeHost();
  const startedAt = Date.now() / 1_000;
  let beatenAt = Number.NEGATIVE_INFINITY;
  ownNodes.add(nodeId);

  async function writeBeat(transaction: Transaction<Tables>): Promise<void> {
    await transaction
      .insertInto("agentos_nodes")
      .values({
        node_id: nodeId,
        deployment,
        host,
        pid: process.pid,
        started_at: startedAt,
        heartbeat_at: now,
        seen_seq: 0,
      })
      .onConflict((conflict) => conflict.column("node_id").doUpdateSet({ heartbeat_at: now }))
      .execute();
  }

  return {
    async writeWithBeat(change) {
      const at = performance.now() / 1_000;
      const isDue = at - beatenAt >= BEAT_SECONDS;
      const result = await database.write(async (transaction) => {
        if (isDue) await writeBeat(transaction);
        return change(transaction);
      });
      if (isDue) beatenAt = at;
      return result;
    },

    async beat() {
      const at = performance.now() / 1_000;
      await database.write(writeBeat);
      beatenAt = at;
      const held = await database.read((db) =>
        db
          .selectFrom("agentos_runs")
          .select(["run_id", "cancel_at"])
          .where("deployment", "=", deployment)
          .where("node_id", "=", nodeId)
          .where(isActiveRun)
          .execute(),
      );
      return {
        cancelled: held.flatMap(({ run_id, cancel_at }) => (cancel_at === null ? [] : [fromKeyText(run_id)])),
        held: new Set(held.map(({ run_id }) => fromKeyText(run_id))),
      };
    },

    close: () => void ownNodes.delete(nodeId),
  };
}

/** Whether it is open in this process. */
export function isNodeOfProcess(nodeId: string): boolean {
  return ownNodes.has(nodeId);
}

/** The machine, its boot and its numbering of processes: where one of them differs, a process id says nothing. */
export function describeHost(): string {
  const read = (take: () => string) => {
    try {
      return take().trim();
    } catch {
      return "";
    }
  };
  const boot = read(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"));
  return [hostname(), boot, read(() => readlinkSync("/proc/self/ns/pid"))].join(" ");
}
