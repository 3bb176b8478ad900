/** A real server of PostgreSQL in a temporary folder, which can be stopped and started again on its port. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "./free-port.ts";
import { findPostgresBinaries, type PostgresBinaries } from "./postgres-binaries.ts";

export interface PostgresServer {
  /** Of its superuser and its first database, with the password. */
  readonly url: string;
  /** Stops it: `fast` lets nobody finish, `immediate` is a crash. */
  stop(how?: "fast" | "immediate"): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes its folder. */
  close(): Promise<void>;
}

export interface PostgresServerOptions {
  /** Of its configuration, as `max_connections`. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

const SETTINGS = {
  listen_addresses: "127.0.0.1",
  // A path of a socket may be 107 bytes long, which a temporary folder may exceed.
  unix_socket_directories: "",
  shared_buffers: "32MB",
  io_method: "sync",
};

/** Only the making of it goes without fsync: the server that runs keeps its promises. */
const INITDB_FLAGS = ["--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"];

const user = "agentos";

export async function startPostgresServer({
  settings = {},
}: PostgresServerOptions = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "agentos-postgres-"));
  const endWatch = watch(folder);
  try {
    const binaries = findPostgresBinaries(folder);
    const password = randomBytes(16).toString("hex");
    createData(folder, binaries, password);
    const port = await findFreePort();
    const args = Object.entries({ ...SETTINGS, ...settings, port }).flatMap(([name, value]) => [
      "-c",
      `${name}=${value}`,
    ]);
    const start = () => startOnce(binaries, ["-D", join(folder, "data"), ...args], folder);
    let running: ChildProcess | undefined = await start();
    const stop: PostgresServer["stop"] = async (how = "fast") => {
      if (running !== undefined) await end(running, how === "fast" ? "SIGINT" : "SIGQUIT");
      running = undefined;
    };
    return {
      url: `postgres://${user}:${password}@127.0.0.1:${port}/postgres`,
      stop,
      async start() {
        running ??= await start();
      },
      async close() {
        await stop("immediate");
        endWatch();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (cause) {
    endWatch();
    rmSync(folder, { recursive: true, force: true });
    throw cause;
  }
}

/** Whoever started the tests may be killed: what is left of it is removed by a process that notices. */
function watch(folder: string): () => void {
  const script = `
    const { readFileSync, rmSync } = require("node:fs");
    const remove = () => { try { rmSync(process.argv[1], { recursive: true, force: true }); } catch {} };
    process.stdin.resume().on("end", () => {
      try { process.kill(Number(readFileSync(process.argv[1] + "/data/postmaster.pid", "utf8").split("\\n")[0]), "SIGQUIT"); } catch {}
      setTimeout(remove, 2000);
    });`;
  // A group of its own: what stops the tests from a terminal does not reach it.
  const child = spawn(process.execPath, ["-e", script, folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  child.unref();
  return () => child.kill("SIGKILL");
}

function createData(folder: string, { initdb, user: runAs }: PostgresBinaries, password: string): void {
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (runAs.uid !== undefined && runAs.gid !== undefined)
    for (const path of [data, passwordFile]) chownSync(path, runAs.uid, runAs.gid);
  const { status, stderr } = spawnSync(
    initdb,
    ["-D", data, "-U", user, "--pwfile", passwordFile, "--auth=scram-sha-256", ...INITDB_FLAGS],
    { ...runAs, cwd: folder },
  );
  if (status !== 0) throw new Error(`initdb failed: ${String(stderr)}`);
}

async function startOnce(
  { postgres, user: runAs }: PostgresBinaries,
  args: readonly string[],
  folder: string,
): Promise<ChildProcess> {
  const child = spawn(postgres, args, {
    ...runAs,
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    // What a terminal sends to stop the tests would stop it before they end.
    detached: true,
  });
  await new Promise<void>((resolve, reject) => {
    let log = "";
    child.on("error", reject);
    child.on("exit", () => reject(new Error(`PostgreSQL did not start: ${log}`)));
    child.stderr?.on("data", (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-4_000);
      if (log.includes("database system is ready to accept connections")) resolve();
    });
  });
  return child;
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.on("exit", () => resolve());
    child.kill(signal);
  });
}
