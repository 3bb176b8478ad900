/**
 * PgBouncer before a real PostgreSQL. It is in no package of npm, so it is found on the machine, or fetched and unpacked by
 * `npm run soak`; who finds none skips what needs it.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { findFreePort } from "./free-port.ts";
import { findServerUser } from "./server-user.ts";

/** Path of the program, and perhaps of a folder with its libraries. */
const PROGRAM = "AGENTOS_TEST_PGBOUNCER";

export interface Pgbouncer {
  /** Of the same user and database as the server's own, through the pooler. */
  readonly url: string;
  close(): Promise<void>;
}

export interface PgbouncerOptions {
  /** Of the server behind it. */
  readonly serverUrl: string;
  /** Of its section `[pgbouncer]`. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

interface Program {
  readonly path: string;
  readonly libraries: string | undefined;
}

function findProgram(): Program | undefined {
  const [path = "pgbouncer", libraries] = process.env[PROGRAM]?.split(delimiter) ?? [];
  const { status } = spawnSync(path, ["--version"], { env: withLibraries(libraries) });
  return status === 0 ? { path, libraries } : undefined;
}

export function hasPgbouncer(): boolean {
  return findProgram() !== undefined;
}

/** Lends connections for a transaction, unless the settings say otherwise. */
export async function startPgbouncer({ serverUrl, settings = {} }: PgbouncerOptions): Promise<Pgbouncer> {
  const program = findProgram();
  if (program === undefined) throw new Error(`there is no pgbouncer: set ${PROGRAM} to its path`);
  const server = new URL(serverUrl);
  const folder = mkdtempSync(join(tmpdir(), "agentos-pgbouncer-"));
  const port = await findFreePort();
  const lines = Object.entries({
    listen_addr: "127.0.0.1",
    listen_port: port,
    unix_socket_dir: "",
    auth_type: "scram-sha-256",
    auth_file: join(folder, "users.txt"),
    pool_mode: "transaction",
    ...settings,
  }).map(([name, value]) => `${name} = ${value}`);
  const { hostname } = server;
  writeFileSync(
    join(folder, "pgbouncer.ini"),
    ["[databases]", `* = host=${hostname} port=${server.port}`, "[pgbouncer]", ...lines, ""].join("\n"),
  );
  writeFileSync(join(folder, "users.txt"), `"${server.username}" "${server.password}"\n`);
  const user = findServerUser();
  if (user.uid !== undefined && user.gid !== undefined)
    for (const name of ["", "pgbouncer.ini", "users.txt"]) chownSync(join(folder, name), user.uid, user.gid);
  const child = spawn(program.path, [join(folder, "pgbouncer.ini")], {
    ...user,
    cwd: folder,
    env: withLibraries(program.libraries),
    stdio: ["ignore", "ignore", "pipe"],
  });
  await untilListening(child);
  server.port = String(port);
  return {
    url: server.href,
    async close() {
      const ended = new Promise((resolve) => child.on("exit", resolve));
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function untilListening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    child.on("error", reject);
    child.on("exit", () => reject(new Error(`PgBouncer did not start: ${log}`)));
    child.stderr?.on("data", (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-4_000);
      if (log.includes("process up")) resolve();
    });
  });
}

function withLibraries(libraries: string | undefined): NodeJS.ProcessEnv {
  return libraries === undefined ? process.env : { ...process.env, LD_LIBRARY_PATH: libraries };
}
