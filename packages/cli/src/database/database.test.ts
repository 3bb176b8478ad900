import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Agent, AgentOS } from "@agentos/server";
import { createTestKey, goodToken, signToken, withClaims } from "@agentos/testkit";
import { createTestPostgres } from "@agentos/testkit/postgres";
import { describe, expect, it, onTestFinished } from "vitest";
import { faultsOf } from "../program/failure.ts";
import { runInProcess } from "../program/run-in-process.fixture.ts";
import { makeFolder } from "../program/spawn-cli.fixture.ts";

const key = await createTestKey("RS256");
const SECRET = "hunter2-hunter2";
const logger = { error: () => undefined, warn: () => undefined, info: () => undefined };

/** A server that a person has used: runs, a refusal, counts. Closed again. */
async function use(database: string, users: readonly string[]): Promise<void> {
  const os = new AgentOS({
    id: "agent-os",
    database,
    env: {},
    logger,
    agents: [new Agent({ id: "echo", model: "offline:echo" })],
    authorizationConfig: { verificationKeys: [key.verificationKey] },
  });
  const send = async (sub: string, scopes: readonly string[], fields: Record<string, string> = {}) => {
    const token = await signToken(
      withClaims(goodToken({ key, now: Math.floor(Date.now() / 1_000) }), { sub, scopes }),
    );
    const response = await os.fetch(
      new Request("http://localhost/agents/echo/runs", {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: new URLSearchParams({ message: `I am ${sub}`, stream: "false", ...fields }),
      }),
    );
    await response.text();
    return response.status;
  };
  for (const user of users) {
    expect(await send(user, ["agents:run"])).toBe(200);
    expect(await send(user, ["agents:run"])).toBe(200);
    expect(await send(user, ["agents:read"])).toBe(403);
  }
  await os.close();
}

async function faultsIn(args: readonly string[], cwd: string) {
  return runInProcess(args, { cwd }).then(
    () => [],
    (error: unknown) => faultsOf(error) ?? [],
  );
}

async function failureOf(args: readonly string[], cwd: string): Promise<string> {
  try {
    await runInProcess(args, { cwd });
  } catch (error) {
    const faults = faultsOf(error);
    if (faults !== undefined) return faults.map(({ code, message }) => `${code} ${message}`).join("\n");
    if (error instanceof Error) return error.message;
  }
  return "";
}

/** Every byte of a folder. */
const contentOf = (folder: string) =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), "latin1"))
    .join("\n");

describe("agentos db", () => {
  it("status says where a database is, what is applied, and how much is in it", async () => {
    const cwd = makeFolder();
    await use(`sqlite:${join(cwd, "a.db")}`, ["alice", "bob"]);
    const { stdout } = await runInProcess(["db", "status", "--database", "sqlite:a.db", "--json"], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({
      dialect: "sqlite",
      migrations: [
        { name: "0001-initial", isApplied: true },
        { name: "0002-engine", isApplied: true },
        { name: "0003-queue", isApplied: true },
      ],
      deployments: [{ deployment: "agent-os", sessions: 4, runs: 4, memories: 0, denials: 2 }],
    });
    const shown = await runInProcess(["db", "status", "--database", "sqlite:a.db"], { cwd });
    expect(shown.stdout).toContain("0001-initial: applied");
    expect(shown.stdout).toContain("agent-os: 4 sessions, 4 runs, 0 memories, 2 recorded refusals");
  });

  it("status makes no file where there is none, and migrate does", async () => {
    const cwd = makeFolder();
    expect(await failureOf(["db", "status"], cwd)).toContain("there is no such database");
    expect(readdirSync(cwd)).toEqual([]);
    const first = await runInProcess(["db", "migrate", "--database", "sqlite:b.db"], { cwd: cwd });
    expect(first.stdout).toBe("database: SQLite b.db\napplied: 0001-initial, 0002-engine, 0003-queue\n");
    const second = await runInProcess(["db", "migrate", "--database", "sqlite:b.db"], { cwd });
    expect(second.stdout).toContain("nothing to apply");
  });

  it("takes the database of a configuration, and never shows its password", async () => {
    const cwd = makeFolder();
    const config = { id: "agent-os", database: `postgres://shop:${SECRET}@127.0.0.1:1/shop` };
    writeFileSync(join(cwd, "os.json"), JSON.stringify(config));
    const failure = await failureOf(["db", "status", "--config", join(cwd, "os.json")], cwd);
    expect(failure).toContain("STORE_UNREACHABLE");
    expect(failure).toContain("PostgreSQL 127.0.0.1:1/shop");
    expect(failure).not.toContain(SECRET);
  });

  it("names what the command was given where the database cannot be used", async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, "address.txt"), "postgres://127.0.0.1:1/shop");
    for (const given of ["postgres://127.0.0.1:1/shop", "file:address.txt"]) {
      const faults = await faultsIn(["db", "status", "--database", given], cwd);
      expect(faults).toMatchObject([{ code: "STORE_UNREACHABLE", at: "--database" }]);
      expect(faults[0]?.message).toContain('"--database": ');
      expect(faults[0]?.fix).toContain('correct host and port in "--database"');
    }
  });

  it("says one as one", async () => {
    const cwd = makeFolder();
    const os = new AgentOS({
      id: "open",
      database: `sqlite:${join(cwd, "a.db")}`,
      env: {},
      logger,
      agents: [new Agent({ id: "echo", model: "offline:echo" })],
    });
    const body = new URLSearchParams({ message: "hi", stream: "false" });
    const request = new Request("http://localhost/agents/echo/runs", { method: "POST", body });
    expect((await os.fetch(request, { clientAddress: "127.0.0.1" })).status).toBe(200);
    const status = await runInProcess(["db", "status", "--database", "sqlite:a.db"], { cwd });
    expect(status.stdout).toContain("open: 1 session, 1 run, 0 memories, 0 recorded refusals\n");
    expect(status.stdout).toMatch(/[02-9] servers run something now|1 server runs something now/);
    await os.close();
  });

  it("takes the address from a variable or a file, and says which of them is not there", async () => {
    const cwd = makeFolder();
    await use(`sqlite:${join(cwd, "a.db")}`, ["alice"]);
    writeFileSync(join(cwd, "address.txt"), "sqlite:a.db\n");
    const status = ["db", "status", "--json", "--database"];
    const env = { SHOP_DATABASE: "sqlite:a.db" };
    for (const reference of ["env:SHOP_DATABASE", "file:address.txt"]) {
      const { stdout } = await runInProcess([...status, reference], { cwd, env });
      expect(JSON.parse(stdout)).toMatchObject({ deployments: [{ sessions: 2 }] });
    }
    expect(await failureOf([...status, "env:SHOP_DATABSE"], cwd)).toContain(
      'the environment variable "SHOP_DATABSE" is not set',
    );
    expect(await failureOf([...status, "file:adress.txt"], cwd)).toContain("adress.txt");
    // A database is no file that holds an address: it is not opened, and nobody is told to move it away.
    expect(await failureOf([...status, "file:a.db"], cwd)).not.toContain("STORE_");
  });

  it("backup copies a file, and takes the place of no other", async () => {
    const cwd = makeFolder();
    await use(`sqlite:${join(cwd, "a.db")}`, ["alice"]);
    const args = ["db", "backup", "copy.db", "--database", "sqlite:a.db"];
    expect((await runInProcess(args, { cwd })).stdout).toContain("written: copy.db");
    const { stdout } = await runInProcess(["db", "status", "--database", "sqlite:copy.db", "--json"], {
      cwd,
    });
    expect(JSON.parse(stdout)).toMatchObject({ deployments: [{ sessions: 2, runs: 2 }] });
    expect(await failureOf(args, cwd)).toContain("there is a file of that name already");
  });

  it("backup keeps no copy of a file that is damaged, and ends with 1", async () => {
    const cwd = makeFolder();
    await use(`sqlite:${join(cwd, "a.db")}`, ["alice"]);
    const args = ["db", "backup", "copy.db", "--database", "sqlite:a.db"];
    const bytes = readFileSync(join(cwd, "a.db"));
    writeFileSync(join(cwd, "a.db"), Buffer.from(bytes).fill(0xa5, bytes.length - 3 * 4_096));
    const failed = await runInProcess(args, { cwd }).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      message: "the database is damaged, and so is a copy of it, which was not kept",
      exitCode: 1,
    });
    expect(readdirSync(cwd).filter((name) => name.includes("copy"))).toEqual([]);
    writeFileSync(join(cwd, "a.db"), bytes);
    expect((await runInProcess(args, { cwd })).stdout).toContain("written: copy.db");
  });
});

describe("agentos data erase", () => {
  it.each(["sqlite", "postgres"])(
    "leaves nothing of a person in %s, and everything of others",
    async (kind) => {
      const cwd = makeFolder();
      let database = `sqlite:${join(cwd, "a.db")}`;
      if (kind === "postgres") {
        const { url, drop } = await createTestPostgres();
        onTestFinished(drop);
        database = url;
      }
      await use(database, ["alice-q7w8", "bob-e4r5"]);
      const args = ["data", "erase", "--user", "alice-q7w8", "--database", database];
      // Nobody confirms.
      expect(await failureOf(args, cwd)).toContain("nobody has confirmed it, and nothing was deleted");
      const { code, stdout } = await runInProcess([...args, "--yes"], { cwd });
      expect(code).toBe(0);
      expect(stdout).toContain(
        kind === "sqlite" ? "in the database: SQLite a.db\n" : "in the database: PostgreSQL 127.0.0.1:",
      );
      expect(stdout).toContain('user of "default" (verified): 2 sessions, 0 memories');
      expect(stdout).toMatch(/in all 2 runs, 1 recorded refusal, \d hourly counts? of decisions\n/);
      if (kind === "sqlite") {
        expect(existsSync(join(cwd, "a.db"))).toBe(true);
        expect(contentOf(cwd)).not.toContain("alice-q7w8");
        expect(contentOf(cwd)).toContain("bob-e4r5");
      }
      const again = await runInProcess([...args, "--yes"], { cwd });
      expect(again.stdout).toContain("there is nothing of this user");
      const others = await runInProcess(["db", "status", "--database", database, "--json"], { cwd });
      expect(JSON.parse(others.stdout)).toMatchObject({
        deployments: [{ sessions: 2, runs: 2, denials: 1 }],
      });
    },
  );

  it("refuses an empty id, as of a variable that is not set: what belongs to nobody stays", async () => {
    const cwd = makeFolder();
    const os = new AgentOS({
      id: "open",
      database: `sqlite:${join(cwd, "a.db")}`,
      env: {},
      logger,
      agents: [new Agent({ id: "echo", model: "offline:echo" })],
    });
    const body = new URLSearchParams({ message: "hi", stream: "false" });
    const request = new Request("http://localhost/agents/echo/runs", { method: "POST", body });
    expect((await os.fetch(request, { clientAddress: "127.0.0.1" })).status).toBe(200);
    await os.close();
    const database = ["--database", "sqlite:a.db"];
    for (const id of ["", " "])
      expect(await failureOf(["data", "erase", "--yes", ...database, "--user", id], cwd)).toContain(
        '"--user" is empty',
      );
    expect(
      await failureOf(["data", "erase", "--yes", ...database, "--user", "alice", "--issuer", ""], cwd),
    ).toContain('"--issuer" is empty');
    const { stdout } = await runInProcess(["db", "status", "--json", ...database], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ deployments: [{ sessions: 1, runs: 1 }] });
  });

  it("is for one issuer where one is named", async () => {
    const cwd = makeFolder();
    await use(`sqlite:${join(cwd, "a.db")}`, ["alice"]);
    const args = ["data", "erase", "--user", "alice", "--database", "sqlite:a.db", "--yes", "--issuer"];
    expect((await runInProcess([...args, "partner"], { cwd })).stdout).toContain(
      "there is nothing of this user",
    );
    expect((await runInProcess([...args, "default"], { cwd })).stdout).toContain("deleted");
  });
});
