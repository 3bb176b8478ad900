// A page of the list of sessions, beside the list of agents: what a database costs a request that only reads.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChildServer, startServer } from "./child-server.ts";
import { compareUnderLoad, describeLoad, type LoadOptions } from "./load.ts";
import { medianRatio } from "./measure.ts";
import { type Section, times } from "./report.ts";
import { createTokens } from "./tokens.ts";

const LIMIT = 3;
const SEEDED_AT_ONCE = 16;

export async function benchSessions({
  sessions,
  ...options
}: LoadOptions & { readonly sessions: number }): Promise<Section> {
  const { key, tokens } = await createTokens("RS256", 1);
  const token = tokens[0] ?? "";
  await using stack = new AsyncDisposableStack();
  const folder = stack.adopt(await mkdtemp(join(tmpdir(), "agentos-bench-")), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const { verificationKey } = key;
  const server = stack.adopt(
    await startServer({ verificationKey, database: `sqlite:${join(folder, "agentos.db")}` }),
    (started) => started.stop(),
  );
  const owner = await seed(server, { sessions, token });
  const page = `GET /sessions, page of 20 of ${sessions}`;
  const results = await compareUnderLoad(
    [
      { name: "GET /agents", server, request: { path: "/agents", token } },
      { name: page, server, request: { path: "/sessions?type=agent&component_id=echo", token } },
      {
        name: `GET /sessions, page of 20 of the caller's ${sessions}`,
        server,
        request: { path: `/sessions?type=agent&component_id=echo&user_id=${owner}`, token },
      },
    ],
    options,
  );
  const [agents, list] = results;
  if (agents === undefined || list === undefined) throw new Error("INVARIANT: both are measured");
  const ratio = medianRatio(list.cpuMicros, agents.cpuMicros);
  return {
    title: "GET /sessions on SQLite, one server process",
    head: ["", "requests/s", "server CPU us/request"],
    rows: results.map(describeLoad),
    verdicts: [
      {
        target: `${page} at most ${LIMIT}x the CPU of GET /agents`,
        measured: times(ratio),
        isMet: ratio <= LIMIT,
      },
    ],
  };
}

/** Makes each with a run; gives the id of their owner. */
async function seed(
  { url }: ChildServer,
  { sessions, token }: { readonly sessions: number; readonly token: string },
): Promise<string> {
  let made = 0;
  let owner = "";
  async function work(): Promise<void> {
    while (made < sessions) {
      made += 1;
      const message = `Conversation ${made}`;
      const body = new URLSearchParams({ message, stream: "false", session_id: `session-${made}` });
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${url}/agents/echo/runs`, { method: "POST", headers, body });
      if (!answer.ok) throw new Error(`a session was not made: ${answer.status} ${await answer.text()}`);
      ({ user_id: owner } = (await answer.json()) as { user_id: string });
    }
  }
  await Promise.all(Array.from({ length: SEEDED_AT_ONCE }, work));
  return owner;
}
