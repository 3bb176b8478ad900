// What a database costs: the same run without one, on SQLite and on PostgreSQL, each commit on the disk. Judged by the
// CPU of the server: how long a disk takes says more about the machine than about us.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgresServer } from "@agentos/testkit/postgres";
import { startServer } from "./child-server.ts";
import { compareUnderLoad, describeLoad, type LoadOptions, type LoadResult } from "./load.ts";
import type { LoadRequest } from "./load-request.ts";
import { medianRatio } from "./measure.ts";
import { type Section, times } from "./report.ts";
import { createTokens } from "./tokens.ts";

const RUN_LIMIT = 2;

export async function benchStorage(options: LoadOptions): Promise<Section> {
  const { key, tokens } = await createTokens("RS256", 1);
  const { verificationKey } = key;
  const token = tokens[0];
  await using cleanup = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "agentos-bench-"));
  cleanup.defer(() => rmSync(folder, { recursive: true, force: true }));
  const postgres = cleanup.adopt(await startPostgresServer(), (server) => server.close());
  const start = async (database?: string) =>
    cleanup.adopt(await startServer({ verificationKey, database }), (server) => server.stop());
  const without = await start();
  const onSqlite = await start(`sqlite:${join(folder, "runs.db")}`);
  const onPostgres = await start(postgres.url);
  const request: LoadRequest = {
    path: "/agents/echo/runs",
    token,
    form: { message: "word", stream: "false" },
  };
  const runs = await compareUnderLoad(
    [
      { name: "JSON run without a database", server: without, request },
      { name: "the same on SQLite", server: onSqlite, request },
      { name: "the same on PostgreSQL (CPU of our process only)", server: onPostgres, request },
    ],
    options,
  );
  const [run, onOther] = ratios(runs);
  return {
    title: "Runs in a database, authorised, one server process",
    head: ["", "requests/s", "server CPU us/request", "of the first"],
    rows: [...describe(runs)],
    verdicts: [
      {
        target: `JSON run on SQLite at most ${RUN_LIMIT}x the CPU of the same without a database`,
        measured: `${times(run)} (PostgreSQL ${times(onOther ?? Number.NaN)})`,
        isMet: run <= RUN_LIMIT,
      },
    ],
  };
}

/** CPU of each but the first, against the first. */
function ratios([first, ...others]: readonly LoadResult[]): readonly [number, ...number[]] {
  if (first === undefined) throw new Error("INVARIANT: something is measured");
  const [one = Number.NaN, ...more] = others.map(({ cpuMicros }) => medianRatio(cpuMicros, first.cpuMicros));
  return [one, ...more];
}

function describe(results: readonly LoadResult[]): readonly (readonly string[])[] {
  const of = ratios(results);
  return results.map((result, index) => [
    ...describeLoad(result),
    index === 0 ? "" : times(of[index - 1] ?? Number.NaN),
  ]);
}
