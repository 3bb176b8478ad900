/**
 * A database as a released version left it, killed in the middle of its work, is served by this one: what waited begins,
 * what ran is ended, what was paused goes on, and what was revoked stays so. The rows were written by a real server of that
 * version; only times that would be over by now were moved.
 */
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { Agent, tool } from "@agentos/server";
import { createTestIssuer, TEST_OS_ID } from "@agentos/testkit";
import { runStatement } from "@agentos/testkit/postgres";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createDatabase, DATABASES } from "./support/databases.ts";
import { bodyOf, send } from "./support/http.ts";
import { type Served, serve } from "./support/serve.ts";

const RELEASED = new URL("../packages/server/src/stores/released/", import.meta.url);
const RUNS = {
  completed: { agent: "talker", id: "717d3278-00ad-4424-b0e7-530a406b7e69", session: "s-2" },
  paused: { agent: "refunder", id: "65893913-26bd-43f0-924a-2ee4b1dc82bd", session: "s-3" },
  running: { agent: "sleeper", id: "f4d362ca-b4bd-434a-93f7-6b6d3d72aa7a", session: "s-4" },
  pending: { agent: "talker", id: "a4054fa7-7e4a-450b-a8ae-7c2b72311a29", session: "s-2" },
} as const;
type Run = (typeof RUNS)[keyof typeof RUNS];

const issuer = await createTestIssuer();
const alice = () => issuer.bearer({ subject: "älice", scopes: ["agents:run", "agents:read"] });

async function fill(url: string, release: string, kind: (typeof DATABASES)[number]): Promise<void> {
  const read = (part: string) => readFileSync(new URL(`${release}.${part}.sql`, RELEASED), "utf8");
  const statements = `${read(kind)}${read("rows")}`;
  if (kind === "postgres") return runStatement(url, statements);
  const database = new DatabaseSync(url.slice("sqlite:".length));
  database.exec(statements);
  database.close();
}

/** The agents that the server had. */
function createAgents() {
  const refund = tool({
    name: "refund_order",
    description: "Waits for a confirmation",
    parameters: z.object({ order_id: z.string(), cents: z.int() }),
    requiresConfirmation: true,
    execute: ({ cents }) => `${cents} paid back`,
  });
  const script = (...steps: { readonly text: string }[]) =>
    ({ model: "offline:script", script: { steps } }) as const;
  return [
    new Agent({ id: "talker", ...script({ text: "Oslo is in the north." }) }),
    new Agent({
      id: "refunder",
      tools: [refund],
      ...script({ text: "Let me see. " }, { text: "All done." }),
    }),
    new Agent({ id: "sleeper", ...script({ text: "I sleep. " }, { text: "Done." }) }),
  ];
}

describe.each(DATABASES)("what 0002-engine left in %s", (kind) => {
  let served: Served;

  beforeAll(async () => {
    const url = await createDatabase(kind);
    await fill(url, "0002-engine", kind);
    served = await serve({
      id: TEST_OS_ID,
      agents: createAgents(),
      database: { url, deployment: "my-os" },
      authorizationConfig: { verificationKeys: [issuer.verificationKey], userIsolation: true },
    });
  }, 60_000);

  const pathOf = ({ agent, id }: Run) => `/agents/${agent}/runs/${id}`;

  async function read(run: Run): Promise<Readonly<Record<string, unknown>>> {
    const answer = await send(served.port, {
      path: `${pathOf(run)}?session_id=${run.session}`,
      headers: await alice(),
    });
    expect(answer.status, answer.text).toBe(200);
    return bodyOf(answer);
  }

  async function post(path: string, fields: Readonly<Record<string, string>>, headers = {}) {
    const body = new URLSearchParams(fields).toString();
    return send(served.port, { method: "POST", path, headers: { ...(await alice()), ...headers }, body });
  }

  test("a run that waited begins, with what it was asked", async () => {
    await expect
      .poll(() => read(RUNS.pending), { timeout: 15_000 })
      .toMatchObject({
        status: "COMPLETED",
        content: "Oslo is in the north.",
        input: { input_content: "And then?" },
      });
  });

  test("a run of the server that is gone ends as interrupted", async () => {
    await expect.poll(() => read(RUNS.running), { timeout: 15_000 }).toMatchObject({ status: "ERROR" });
  });

  test("each event of a run that has ended can be read again", async () => {
    const answer = await post(`${pathOf(RUNS.completed)}/resume`, { session_id: "s-2" });
    expect(answer.status, answer.text).toBe(200);
    const indices = [...answer.text.matchAll(/"event_index":(\d+)/g)].map(([, index]) => Number(index));
    expect(indices).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(answer.text.match(/(?<="event":"RunContent".*"content":")[^"]*/g)?.join("")).toBe(
      "Oslo is in the north.",
    );
  });

  test("a run that was paused goes on by its decision", async () => {
    const paused = await read(RUNS.paused);
    expect(paused).toMatchObject({ status: "PAUSED", tools: [{ tool_call_id: "call_1_1" }] });
    const tools = JSON.stringify([{ tool_call_id: "call_1_1", tool_name: "refund_order", confirmed: true }]);
    const answer = await post(`${pathOf(RUNS.paused)}/continue`, {
      tools,
      session_id: "s-3",
      stream: "false",
    });
    expect(answer.status, answer.text).toBe(200);
    expect(bodyOf(answer)).toMatchObject({ status: "COMPLETED", tools: [{ result: "500 paid back" }] });
  });

  test("a request that is sent again is known", async () => {
    const fields = { message: "Where?", background: "true", stream: "true", session_id: "s-2" };
    const answer = await post("/agents/talker/runs", fields, { "idempotency-key": "key-1" });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.text).toContain(RUNS.completed.id);
  });

  test.each([
    { kind_of: "jti", claims: { jti: "token-2" } },
    { kind_of: "sid", claims: { sid: "sign-in-1" } },
    { kind_of: "subject", claims: { sub: "mallory", iat: 1_795_941_000 } },
  ])("a token that was revoked by its $kind_of is refused", async ({ claims }) => {
    const headers = await issuer.bearer({ scopes: ["agents:read"], claims });
    const answer = await send(served.port, { path: "/agents", headers });
    expect([answer.status, bodyOf(answer)["code"]]).toEqual([401, "AUTH_CREDENTIAL_REVOKED"]);
  });
});
