// Somebody sends bad tokens of every shape, as fast as they can. What a known caller was refused meanwhile is still found,
// and what is kept of the flood does not grow with it. `npm run soak` sends 100,000.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { denialCountListSchema, denialListSchema, denialSchema } from "@agentos/contract";
import { openDatabase, parseLocation } from "@agentos/storage";
import { createTestKey, goodToken, signToken, withClaims } from "@agentos/testkit";
import { createTestPostgres } from "@agentos/testkit/postgres";
import { afterAll, describe, expect, test } from "vitest";
import { bearer, bodyOf, send } from "./support/http.ts";
import { type Served, serve, stop } from "./support/serve.ts";

const REQUESTS = Number(process.env["AGENTOS_FLOOD_REQUESTS"] ?? 1_500);
const BEFORE = Math.floor(REQUESTS / 3);
const CONNECTIONS = 20;
/** Far less than one byte for each request of the long flood, and far more than the shapes of it need. */
const MAX_TABLE_BYTES = 2_000_000;
const MAX_HEAP_BYTES = 64_000_000;

const key = await createTestKey("ES256");
const other = await createTestKey("ES256");
const now = Math.floor(Date.now() / 1_000);
const removals: (() => Promise<void> | void)[] = [];

afterAll(async () => {
  for (const remove of removals) await remove();
});

const sign = (sub: string, scopes: readonly string[]) =>
  signToken(withClaims(goodToken({ key, now, scopes }), { sub }));
const forged = await signToken(goodToken({ key: other, now }));
const good = await sign("mallory", []);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** What a stranger chooses freely differs with each request. */
function makeHeaders(n: number): Readonly<Record<string, string>> {
  const [head = "", payload = "", signature = ""] = good.split(".");
  const tokens = [
    `junk-${n}`,
    forged,
    `${encode({ alg: "none" })}.${encode({ sub: `s${n}` })}.`,
    `${encode({ alg: "ES256", kid: `kid-${n}` })}.${payload}.${signature}`,
    `${encode({ alg: `alg-${n}` })}.${payload}.${signature}`,
    `${head}.${encode({ iss: `https://${n}.test`, sub: `s${n}`, aud: "agent-os" })}.${signature}`,
    `${head}.${encode({ pad: "x".repeat(3_000), n })}.${signature}`,
    `${head}.${payload}.${encode(n)}`,
    `${head}.${"[".repeat(n % 200)}.${signature}`,
    `${head}.${payload}`,
    "a.".repeat(n % 50),
  ];
  const token = tokens[n % tokens.length] ?? "";
  const schemes = [`Bearer ${token}`, `bearer ${token}`, `Basic ${encode(n)}`, `Token${n} ${token}`];
  return n % 17 === 0 ? {} : { authorization: schemes[Math.floor(n / 11) % schemes.length] ?? "" };
}

const PATHS = [
  (_: number) => "/agents",
  (n: number) => `/agents/made-up-${n}`,
  (n: number) => `/made-up/${n}`,
  (n: number) => `/authz/denials/den_${n}`,
  (n: number) => `/authz/denials?subject=s${n}`,
];

async function flood(port: number, from: number, to: number): Promise<void> {
  let next = from;
  const work = async () => {
    while (next < to) {
      const n = next++;
      const path = PATHS[n % PATHS.length]?.(n) ?? "/";
      const { status } = await send(port, { path, headers: makeHeaders(n) });
      expect(status).toBe(401);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
}

async function createDatabase(dialect: "sqlite" | "postgres"): Promise<string> {
  if (dialect === "postgres") {
    const { url, drop } = await createTestPostgres();
    removals.push(drop);
    return url;
  }
  const folder = mkdtempSync(join(tmpdir(), "agentos-flood-"));
  removals.push(() => rmSync(folder, { recursive: true, force: true }));
  return `sqlite:${join(folder, "agentos.db")}`;
}

interface KeptTables {
  readonly agentos_denials: { readonly record_json: string };
  readonly agentos_decision_counts: { readonly route: string };
}

/** Rows and bytes of refusals, and rows of counts. */
async function measure(address: string) {
  const location = parseLocation(address);
  if (typeof location === "string") throw new Error("the address of a test is one");
  const database = openDatabase<KeptTables>({ location, migrations: [] });
  try {
    return await database.read(async (db) => {
      const denials = await db.selectFrom("agentos_denials").select("record_json").execute();
      const counts = await db.selectFrom("agentos_decision_counts").select("route").execute();
      const bytes = denials.reduce((sum, { record_json: json }) => sum + Buffer.byteLength(json), 0);
      return { bytes, counts: counts.length };
    });
  } finally {
    await database.close();
  }
}

function measureHeap(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

describe.each(["sqlite", "postgres"] as const)("a flood of bad tokens, kept on %s", (dialect) => {
  const start = (database: string): Promise<Served> =>
    serve({ id: "agent-os", database, authorizationConfig: { verificationKeys: [key.verificationKey] } });

  test("hides no refusal of a known caller, and takes bounded room in memory and table", {
    timeout: 20 * 60_000,
  }, async () => {
    const address = await createDatabase(dialect);
    const served = await start(address);
    const operator = bearer(await sign("olga", ["authz:read"]));
    const get = (path: string, headers: Readonly<Record<string, string>>, { port } = served) =>
      send(port, { path, headers });

    await flood(served.port, 0, BEFORE);
    const heap = measureHeap();
    const alice = bearer(await sign("alice", []));
    const refused = await get("/agents", alice);
    expect(bodyOf(refused)).toMatchObject({ code: "SCOPE_MISSING" });
    const id = String(bodyOf(refused)["denial_id"]);
    await flood(served.port, BEFORE, REQUESTS);

    const expectFound = async (server: Served) => {
      for (const headers of [operator, alice]) {
        const found = await get(`/authz/denials/${id}`, headers, server);
        expect(denialSchema.parse(bodyOf(found))).toMatchObject({ denial_id: id, code: "SCOPE_MISSING" });
      }
      for (const query of ["subject=alice", "code=SCOPE_MISSING"]) {
        const { text } = await get(`/authz/denials?${query}`, operator, server);
        expect(denialListSchema.parse(JSON.parse(text)).data).toMatchObject([{ denial_id: id, count: 1 }]);
      }
    };
    await expectFound(served);

    // Every single refusal was counted, although few records stand for them.
    const { text } = await get("/authz/denials/counts?limit=100", operator);
    const { data } = denialCountListSchema.parse(JSON.parse(text));
    expect(data.length).toBeGreaterThan(5);
    expect(data.reduce((sum, { count }) => sum + count, 0)).toBe(REQUESTS + 1);
    expect(measureHeap() - heap).toBeLessThan(MAX_HEAP_BYTES);
    const decisions = await served.os.decisions();
    const { counts } = await decisions.list({ kind: "all" }, { limit: 10_000 });
    expect(counts.reduce((sum, { outcome, count }) => sum + (outcome === "allowed" ? 0 : count), 0)).toBe(
      REQUESTS + 1,
    );

    await stop(served);
    const { bytes, counts: rows } = await measure(address);
    expect(bytes).toBeLessThan(MAX_TABLE_BYTES);
    expect(rows).toBeLessThan(500);
    await expectFound(await start(address));
  });
});
