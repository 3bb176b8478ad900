// What a database costs: the same run without one, on SQLite and on PostgreSQL, each commit on the disk. Judged by the
// CPU of the server: how long a disk takes says more about the machine than about us.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgresServer } from "@agentos/testkit/postgres";
import { type ChildServer, startServer } from "./child-server.ts";
import { compareUnderLoad, describeLoad, type LoadOptions, type LoadResult } from "./load.ts";
import type { LoadRequest } from "./load-request.ts";
import { medianRatio } from "./measure.ts";
import { type Section, times } from "./report.ts";
import { createTokens } from "./tokens.ts";

const RUN_LIMIT = 2;
const LIST_LIMIT = 3;

export async function benchStorage(options: LoadOptions & { readonly sessions: number }): Promise<Section> {
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
  const listed = await start(`sqlite:${join(folder, "list.db")}`);
  await makeSessions(listed, { token, count: options.sessions });
  const lists = await compareUnderLoad(
    [
      { name: "GET /agents", server: listed, request: { path: "/agents", token } },
      {
        name: `GET /sessions, 20 of ${options.sessions}`,
        server: listed,
        request: { path: "/sessions?limit=20", token },
      },
    ],
    options,
  );
  const [run, sqlite] = ratios(runs);
  const [list] = ratios(lists);
  return {
    title: "Runs and sessions in a database, authorised, one server process",
    head: ["", "requests/s", "server CPU us/request", "of the first"],
    rows: [...describe(runs), ...describe(lists)],
    verdicts: [
      {
        target: `JSON run on SQLite at most ${RUN_LIMIT}x the CPU of the same without a database`,
        measured: `${times(run)} (PostgreSQL ${times(sqlite)})`,
        isMet: run <= RUN_LIMIT,
      },
      {
        target: `page of a list of ${options.sessions} sessions at most ${LIST_LIMIT}x the CPU of GET /agents`,
        measured: times(list),
        isMet: list <= LIST_LIMIT,
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

async function makeSessions(
  { url }: ChildServer,
  { token, count }: { readonly token: string | undefined; readonly count: number },
): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  for (let made = 0; made < count; made++) {
    const body = JSON.stringify({ agent_id: "echo", session_name: `Session ${made}` });
    const { status } = await fetch(`${url}/sessions?type=agent`, { method: "POST", headers, body });
    if (status !== 201) throw new Error(`a session could not be made: ${status}`);
  }
}
