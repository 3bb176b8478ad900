/** A key set that its owner empties while the server runs: the caller waits, the operator mends what the log says. */
import { writeFileSync } from "node:fs";
import { AgentOS } from "@agentos/server";
import { signToken } from "@agentos/testkit";
import { bearer, closeConnections, send } from "../support/http.ts";
import { writeTemporary } from "../support/key-sources.ts";
import type { FixRow, Printed } from "./fix-row.ts";
import { agents, good, ID, key } from "./world.ts";

/** How the operator finds the line of the refusal; undefined: nobody mends anything. */
interface EmptiedWorld {
  readonly idField: string | undefined;
}

type Line = Readonly<Record<string, unknown>>;

/** Asks until it is refused, lets the operator mend, and asks again with the same token. */
async function visit({ idField }: EmptiedWorld) {
  const jwksFile = writeTemporary(JSON.stringify({ keys: [key.jwk] }));
  const log: Line[] = [];
  const keep = (line: Line) => void log.push(line);
  const os = new AgentOS({
    database: null,
    id: ID,
    agents,
    env: {},
    logger: { error: keep, warn: keep, info: () => undefined },
    authorization: true,
    authorizationConfig: { jwksFile },
  });
  const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
  const headers = bearer(await signToken(good()));
  const askUntil = async (wanted: number) => {
    for (let tries = 0; tries < 100; tries += 1) {
      const answer = await send(server.port, { path: "/agents", headers });
      if (answer.status === wanted) return answer;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`it never answers ${wanted}`);
  };
  try {
    writeFileSync(jwksFile, JSON.stringify({ keys: [] }));
    const { text } = await askUntil(503);
    if (idField === undefined) return text;
    const member = readOperatorFix(log, idField, (JSON.parse(text) as { denial_id: string }).denial_id);
    writeFileSync(jwksFile, JSON.stringify({ [member]: [key.jwk] }));
    await askUntil(200);
    return undefined;
  } finally {
    closeConnections();
    await server.close();
  }
}

/** From the line of the refusal to the fault that it names, and from there to the member that lacks a key. */
function readOperatorFix(log: readonly Line[], idField: string, id: string): string {
  const refused = log.find((line) => line[idField] === id);
  const { key_faults: named } = (refused?.["facts"] ?? {}) as { key_faults?: readonly string[] };
  const code = named?.[0]?.split(": ")[1];
  const faults = log.flatMap((line) => (line["faults"] ?? []) as readonly Printed[]);
  const fix = faults.find((fault) => fault.code === code)?.fix ?? "";
  const [, member] = /put at least one public signing key of the issuer into "(\w+)"/.exec(fix) ?? [];
  if (member === undefined) throw new Error(`the log does not say what to mend: ${JSON.stringify(log)}`);
  return member;
}

const row: FixRow<EmptiedWorld> = {
  wrong: () => ({ idField: undefined }),
  follows: /try again later; the operator finds the cause in the server's log under the (denial id)$/,
  apply: (_, [name = ""]) => ({ idField: name.replace(" ", "_") }),
  async observe(world) {
    const text = await visit(world);
    if (text === undefined) return [];
    const { code, fix } = JSON.parse(text) as { code: string; fix: string };
    return [{ code, fix, place: "answer", text: `HTTP 503\n${text}` }];
  },
  async passes(world) {
    const text = await visit(world);
    if (text !== undefined) throw new Error(`still refused: ${text}`);
  },
};
export const emptiedKeys = row as FixRow;
