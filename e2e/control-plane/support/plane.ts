/** A control plane on a free port of the loopback address, with everything that ever came out of it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Answer, type Call, closeConnections, send } from "../../support/http.ts";
import { type StartedControlPlane, startControlPlane } from "./start-control-plane.ts";

export interface Plane extends StartedControlPlane {
  /** Everything that was answered, in its order. */
  readonly answers: readonly Answer[];
  send(call: PlaneCall): Promise<Answer>;
  /** Every row of every table; what only counts attempts is left out. */
  readTables(): Readonly<Record<string, readonly unknown[]>>;
  /** Changes rows past the control plane. */
  execute(sql: string): void;
}

export interface PlaneCall extends Omit<Call, "body"> {
  /** Cookie of a session. */
  readonly cookie?: string | undefined;
  /** Sent as JSON; a text as it is. */
  readonly body?: unknown;
}

/** They count whoever tries: a refused request stands there, too. */
const COUNTERS = new Set(["agentos_cp_attempts", "agentos_cp_rate_limits", "agentos_cp_migrations"]);

/** What is to be told to instances is tried again and again, whoever asks for what. */
const TRIES = new Set(["attempts", "next_attempt_at", "trouble"]);

/** Starts one with an empty database of its own. */
export async function startPlane(): Promise<Plane> {
  const folder = mkdtempSync(join(tmpdir(), "agentos-plane-"));
  const started = await startControlPlane(folder);
  const { port, url, databaseFile } = started;
  const answers: Answer[] = [];
  return {
    ...started,
    answers,
    async send({ cookie, body, headers = {}, ...call }) {
      const answer = await send(port, {
        ...call,
        headers: {
          host: new URL(url).host,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(cookie === undefined ? {} : { cookie, origin: url }),
          ...headers,
        },
        body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
      });
      answers.push(answer);
      return answer;
    },
    readTables: () => readTables(databaseFile),
    execute(sql) {
      const database = new DatabaseSync(databaseFile);
      database.exec("pragma busy_timeout = 5000");
      database.exec(sql);
      database.close();
    },
    async close() {
      closeConnections();
      await started.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function readTables(file: string): Record<string, readonly unknown[]> {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const names = database
      .prepare(
        "select name from sqlite_master where type = 'table' and name like 'agentos_cp_%' order by name",
      )
      .all()
      .map(({ name }) => String(name))
      .filter((name) => !COUNTERS.has(name));
    return Object.fromEntries(
      names.map((name) => [
        name,
        database
          .prepare(`select * from ${name} order by 1, 2`)
          .all()
          .map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => !TRIES.has(column)))),
      ]),
    );
  } finally {
    database.close();
  }
}
