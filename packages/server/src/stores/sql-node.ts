/** This process among the servers of a database: it says that it lives while it runs something. */
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import {
  LONG_AGO,
  type ReadClocks,
  type ReadingServers,
  type RevocationSpread,
  readClocks,
  secondsBetween,
  type TwoClocks,
} from "@agentos/guard/app";
import type { Database } from "@agentos/storage";
import { sql, type Transaction } from "kysely";
import type { RunStore } from "../runs/store.ts";
import { fromKeyText } from "./schema/key-text.ts";
import type { Tables } from "./schema/tables.ts";
import { isActiveRun } from "./sql-run-queries.ts";

export interface SqlNode extends Pick<RunStore, "beat"> {
  readonly lastBeat: () => TwoClocks;
  /** For who keeps what is revoked: with it this server says what it has read. */
  readonly spread: Pick<RevocationSpread, "onBeat"> & Pick<ReadingServers, "beat">;
  /** Nobody waits for this server any more. */
  leave(): Promise<void>;
  /** For what begins a run: nobody may take it because this server has been idle, and silent, before. */
  writeWithBeat: Database<Tables>["write"];
  /** Servers of the deployment that live, this one among them, as they were counted last. */
  liveNodes(): number;
  /** Counts them, where they have not just been. */
  countLive(): Promise<void>;
  /** Removes what is left of servers that have long been silent and hold no run; one that was only idle comes back. */
  forgetSilent(): Promise<void>;
  /** It runs nothing any more: what is left of it may be found by other servers of this process. */
  close(): void;
}

export interface SqlNodeOptions {
  /** Whose rows these are, where several servers of different kinds share a database. */
  readonly deployment: string;
  /** Of this server, unlike any other's. */
  readonly nodeId: string;
  /** Default: those of this machine. */
  readonly readClocks?: ReadClocks | undefined;
}

/** Well below the silence of a server that is gone. */
const BEAT_SECONDS = 2;
/** A server that has been silent for so long is gone, by the database's clock. */
export const DEAD_SECONDS = 8;
/** Between two counts of the servers that live: nothing hangs on the exact number. */
const COUNT_SECONDS = 10;
/** An idle server is silent too. */
const FORGOTTEN_SECONDS = 3_600;
/** Servers of this very process: its id tells nothing about them. */
const ownNodes = new Set<string>();

export function createSqlNode(
  database: Database<Tables>,
  { deployment, nodeId, readClocks: read = readClocks }: SqlNodeOptions,
): SqlNode {
  const { upkeep } = database;
  const { now } = database.dialect;
  const host = describeHost();
  const startedAt = Date.now() / 1_000;
  let beatenAt = LONG_AGO;
  let countedAt = LONG_AGO;
  let live = 1;
  let seenSeq = 0;
  /** What its row says of that. */
  let saidSeq = 0;
  const listeners = new Set<(before: TwoClocks) => void>();
  ownNodes.add(nodeId);

  function noteBeat(before: TwoClocks, said: number): void {
    beatenAt = before;
    saidSeq = said;
  }

  /** Gives what it says of revocations. */
  async function writeBeat(transaction: Transaction<Tables>): Promise<number> {
    const said = seenSeq;
    await transaction
      .insertInto("agentos_nodes")
      .values({
        node_id: nodeId,
        deployment,
        host,
        pid: process.pid,
        started_at: startedAt,
        heartbeat_at: now,
        seen_seq: said,
      })
      .onConflict((conflict) => conflict.column("node_id").doUpdateSet({ heartbeat_at: now, seen_seq: said }))
      .execute();
    return said;
  }

  async function countLive(): Promise<void> {
    const at = read();
    if (secondsBetween(countedAt, at) < COUNT_SECONDS) return;
    const { count } = await upkeep.read((db) =>
      db
        .selectFrom("agentos_nodes")
        .select((row) => row.fn.countAll<number>().as("count"))
        .where("deployment", "=", deployment)
        .where("heartbeat_at", ">", sql<number>`${now} - ${DEAD_SECONDS}`)
        .executeTakeFirstOrThrow(),
    );
    live = Math.max(1, count);
    countedAt = at;
  }

  return {
    async writeWithBeat(change) {
      const at = read();
      const isDue = secondsBetween(beatenAt, at) >= BEAT_SECONDS;
      const { said, result } = await database.write(async (transaction) => ({
        said: isDue ? await writeBeat(transaction) : undefined,
        result: await change(transaction),
      }));
      if (said !== undefined) noteBeat(at, said);
      return result;
    },

    async beat() {
      const at = read();
      const said = await upkeep.write(writeBeat);
      noteBeat(at, said);
      for (const listener of listeners) listener(at);
      await countLive();
      const held = await upkeep.read((db) =>
        db
          .selectFrom("agentos_runs")
          .select(["run_id", "attempt", "cancel_at"])
          .where("deployment", "=", deployment)
          .where("node_id", "=", nodeId)
          .where(isActiveRun)
          .execute(),
      );
      return {
        cancelled: held.flatMap(({ run_id, cancel_at }) => (cancel_at === null ? [] : [fromKeyText(run_id)])),
        held: new Map(held.map(({ run_id, attempt }) => [fromKeyText(run_id), attempt])),
      };
    },

    spread: {
      async beat(seq) {
        seenSeq = seq;
        const at = read();
        if (seq === saidSeq && secondsBetween(beatenAt, at) < BEAT_SECONDS) return beatenAt;
        noteBeat(at, await upkeep.write(writeBeat));
        return at;
      },
      onBeat(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },

    async leave() {
      if (beatenAt === LONG_AGO) return;
      await upkeep.write((transaction) =>
        transaction.deleteFrom("agentos_nodes").where("node_id", "=", nodeId).execute(),
      );
    },

    lastBeat: () => beatenAt,

    liveNodes: () => live,
    countLive,

    async forgetSilent() {
      await database.write((transaction) =>
        transaction
          .deleteFrom("agentos_nodes")
          .where("deployment", "=", deployment)
          .where("heartbeat_at", "<", sql<number>`${now} - ${FORGOTTEN_SECONDS}`)
          .where(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom("agentos_runs")
                  .select("run_no")
                  .where("deployment", "=", deployment)
                  .whereRef("agentos_runs.node_id", "=", "agentos_nodes.node_id")
                  .where(isActiveRun),
              ),
            ),
          )
          .execute(),
      );
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
