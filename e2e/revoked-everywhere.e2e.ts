// A right that was taken away through one of three nodes is gone on all of them, as real processes on one PostgreSQL: on
// the next request, for open streams within seconds, and a node that cannot know accepts no token at all.
// `AGENTOS_NODES_ROUNDS` for a longer run.
import { createTestIssuer } from "@agentos/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDatabase } from "./support/databases.ts";
import { ask, nextSession, startFollowed } from "./support/node-client.ts";
import { startNode } from "./support/nodes.ts";
import { openRunStream } from "./support/run-stream.ts";
import { startTcpProxy, type TcpProxy } from "./support/tcp-proxy.ts";

const ROUNDS = Number(process.env["AGENTOS_NODES_ROUNDS"] ?? 1);
const rounds = Array.from({ length: ROUNDS }, (_, round) => round + 1);
/** For what a busy machine needs beyond the seconds that are promised. */
const SECONDS_MS = 20_000;
const TEST_MS = 60_000;

const issuer = await createTestIssuer();
let urls: readonly string[] = [];
let proxy: TcpProxy;

const at = (position: number) => urls[position % urls.length] ?? "";

beforeAll(async () => {
  const database = await createDatabase("postgres");
  proxy = await startTcpProxy(database);
  const { verificationKey } = issuer;
  // The last is the one whose cable can be pulled.
  const nodes = await Promise.all(
    [database, database, proxy.url].map((url) => startNode({ database: url, verificationKey })),
  );
  urls = nodes.map(({ url }) => url);
});
afterAll(() => proxy.close());

let names = 0;
const nextName = (kind: string) => `${kind}-${(names += 1)}`;

type Headers = Readonly<Record<string, string>>;

/** Of a person who may run and read, and whose token has a name of its own. */
async function signIn(claims: Readonly<Record<string, unknown>>): Promise<Headers> {
  const scopes = ["agents:read", "agents:run", "sessions:read"];
  return issuer.bearer({ scopes, subject: nextName("subject"), claims });
}

async function readAgents(url: string, headers: Headers): Promise<string> {
  const { status, body } = await ask(`${url}/agents`, { method: "GET", headers });
  return status === 200 ? "200" : `${status} ${String(body["code"])}`;
}

async function revoke(url: string, fields: Readonly<Record<string, unknown>>): Promise<number> {
  const { authorization } = await issuer.bearer({ scopes: ["authz:revoke"], subject: "operator" });
  const headers = { authorization, "content-type": "application/json" };
  const response = await fetch(`${url}/authz/revocations`, {
    method: "POST",
    headers,
    body: JSON.stringify(fields),
  });
  await response.arrayBuffer();
  return response.status;
}

const REVOKED = "401 AUTH_CREDENTIAL_REVOKED";
const UNKNOWN = "503 AUTH_REVOCATION_UNKNOWN";

describe("a token that was revoked through one node", () => {
  it.each(rounds)("is refused by all on their next request, cold and cached, round %i", async (round) => {
    const name = nextName("token");
    const revoked = await signIn({ jti: name });
    const other = await signIn({ jti: nextName("token") });
    // The third has never seen it.
    for (const position of [round, round + 1]) expect(await readAgents(at(position), revoked)).toBe("200");
    expect(await revoke(at(round), { kind: "jti", value: name })).toBe(200);
    for (const url of urls) {
      expect(await readAgents(url, revoked)).toBe(REVOKED);
      expect(await readAgents(url, other)).toBe("200");
    }
  });

  it.each(rounds)("ends the sign-in session that it belongs to, and no other, round %i", async (round) => {
    const name = nextName("sign-in");
    const revoked = await Promise.all([1, 2].map(() => signIn({ sid: name, jti: nextName("token") })));
    const other = await signIn({ sid: nextName("sign-in") });
    expect(await revoke(at(round), { kind: "sid", value: name })).toBe(200);
    for (const url of urls) {
      for (const headers of revoked) expect(await readAgents(url, headers)).toBe(REVOKED);
      expect(await readAgents(url, other)).toBe("200");
    }
  });

  it.each(rounds)("ends open streams on another, plain and in the background, round %i", async (round) => {
    const name = nextName("token");
    const headers = await signIn({ jti: name });
    const body = new URLSearchParams({ message: "go", stream: "true", session_id: nextSession() });
    const plain = await openRunStream(`${at(round + 1)}/agents/slow/runs`, { method: "POST", body, headers });
    const { stream } = await startFollowed(at(round + 2), { agent: "slow", headers });
    const spared = await signIn({ jti: nextName("token") });
    const other = await startFollowed(at(round + 2), { agent: "words", headers: spared });
    await plain.find(({ event }) => event === "RunContent");
    expect(await revoke(at(round), { kind: "jti", value: name })).toBe(200);
    await Promise.all([plain.end, stream.end]);
    for (const { frames } of [plain, stream])
      expect(
        frames.filter(({ event }) => event === "RunCompleted" || event === "RunError").length,
      ).toBeLessThan(2);
    expect(await other.stream.end).toBe("finished");
    expect(other.stream.frames.at(-1)?.event).toBe("RunCompleted");
  });
});

describe("a node that was cut off from the database", () => {
  it.each(rounds)(
    "accepts no token that was revoked meanwhile, then none at all, and goes on by itself, round %i",
    async () => {
      const name = nextName("token");
      const revoked = await signIn({ jti: name });
      const other = await signIn({ jti: nextName("token") });
      const cutOff = at(2);
      expect(await readAgents(cutOff, revoked)).toBe("200");
      expect(await readAgents(cutOff, other)).toBe("200");
      proxy.cut();
      // It answers when nobody is behind who could still accept it.
      expect(await revoke(at(0), { kind: "jti", value: name })).toBe(200);
      expect(await readAgents(cutOff, revoked)).toBe(UNKNOWN);
      const cold = await signIn({ jti: nextName("token") });
      for (const headers of [other, cold]) expect(await readAgents(cutOff, headers)).toBe(UNKNOWN);
      // What needs no credential goes on.
      expect((await ask(`${cutOff}/health`, { method: "GET" })).status).toBe(200);
      proxy.mend();
      await expect.poll(() => readAgents(cutOff, other), { timeout: SECONDS_MS }).toBe("200");
      expect(await readAgents(cutOff, revoked)).toBe(REVOKED);
    },
    TEST_MS,
  );
});
