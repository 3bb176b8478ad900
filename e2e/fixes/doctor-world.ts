/** The world of a row about the doctor: somebody's server, a token, and the command as a process of its own. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AgentOS, type AgentOSOptions } from "@agentos/server";
import { type PythonOptions, signToken, startPythonServer, type TokenParts } from "@agentos/testkit";
import { command } from "../support/command.ts";
import type { FixRow, Printed } from "./fix-row.ts";
import { agents, ID, key } from "./world.ts";

/** Who answers: an AgentOS, the Python one, a program of its own, what runs already, or nobody. */
export type Answering =
  | { readonly ours: AgentOSOptions; readonly port?: number }
  | { readonly python: Partial<PythonOptions> }
  | { readonly stub: RequestListener }
  | { readonly at: string }
  | { readonly nobody: true };

/** What the doctor is run in. */
export interface DoctorWorld {
  readonly server: Answering;
  /** Signed anew each time; a text is sent as it is; undefined: none. */
  readonly token?: TokenParts | string | undefined;
  /** Behind `agentos`; `URL` and `TOKEN` are replaced. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | undefined;
  /** Files of the folder that it runs in. */
  readonly files?: Readonly<Record<string, string>>;
  /** Before the command; may change what it is given. */
  readonly prepare?: (
    running: Running,
    world: DoctorWorld,
  ) => Promise<Partial<Pick<DoctorWorld, "args" | "stdin">>>;
}

export interface Running {
  readonly url: string;
  close(): Promise<void>;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `agentos` in an empty folder. */
export async function runCommand(
  args: readonly string[],
  { env, stdin, files }: Pick<DoctorWorld, "env" | "stdin" | "files"> = {},
): Promise<Ended> {
  const cwd = mkdtempSync(join(tmpdir(), "agentos-fixes-"));
  for (const [name, text] of Object.entries(files ?? {})) writeFileSync(join(cwd, name), text);
  const child = spawn(process.execPath, [command.file, ...args], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: command.compileCache, ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin.on("error", () => undefined).end(stdin ?? "");
  const code = await new Promise<number | null>((resolve) => void child.on("close", resolve));
  rmSync(cwd, { recursive: true, force: true });
  return { code, stdout, stderr };
}

/** Listens on a free port of this machine. */
async function listen(server: Server): Promise<Running> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      if ("closeAllConnections" in server)
        (server as unknown as { closeAllConnections(): void }).closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

async function start(server: Answering): Promise<Running> {
  if ("ours" in server) {
    const logger = { error: () => undefined, warn: () => undefined, info: () => undefined };
    const os = new AgentOS({ database: null, id: ID, agents, env: {}, logger, ...server.ours });
    return os.serve({ host: "127.0.0.1", port: server.port ?? 0, printsPolicy: false });
  }
  if ("python" in server)
    return startPythonServer({ mode: "jwt", publicPem: key.verificationKey, ...server.python });
  if ("stub" in server) return listen(createServer(server.stub));
  if ("at" in server) return { url: server.at, close: () => Promise.resolve() };
  const gone = await listen(createServer());
  await gone.close();
  return { url: gone.url, close: () => Promise.resolve() };
}

interface Seen extends Ended {
  readonly printed: readonly Printed[];
}

async function visit(world: DoctorWorld): Promise<Seen> {
  const { server, token, env, files } = world;
  const running = await start(server);
  try {
    const credential =
      token === undefined || typeof token === "string" ? (token ?? "") : await signToken(token);
    const changed = { args: world.args, stdin: world.stdin, ...(await world.prepare?.(running, world)) };
    const args = changed.args.map((arg) =>
      arg.replaceAll("URL", running.url).replaceAll("TOKEN", credential),
    );
    const stdin = changed.stdin?.replaceAll("TOKEN", credential);
    const ended = await runCommand([...args, "--json"], { env: env ?? {}, stdin, files: files ?? {} });
    return { ...ended, printed: readPrinted(ended.stdout) };
  } finally {
    await running.close();
  }
}

function readPrinted(stdout: string): readonly Printed[] {
  if (!stdout.startsWith("{")) return [];
  const { places = [], findings = [] } = JSON.parse(stdout) as {
    readonly places?: readonly {
      readonly findings: readonly { readonly code: string; readonly fix: string }[];
    }[];
    readonly findings?: readonly { readonly code: string; readonly fix: string }[];
  };
  return [...places.flatMap((place) => place.findings), ...findings].map(({ code, fix }) => ({
    code,
    fix,
    place: "command",
    text: `$ agentos doctor\n${stdout}`,
  }));
}

/** A row about the doctor. The request passes when the command ends with 0: a server has let it in. */
export const doctorFix = (
  row: Omit<FixRow<DoctorWorld>, "observe" | "passes"> & Partial<FixRow<DoctorWorld>>,
): FixRow => {
  // What is observed in a world last is what passes or not: the same visit tells both.
  const last = new WeakMap<DoctorWorld, Seen>();
  const whole: FixRow<DoctorWorld> = {
    async observe(world) {
      const seen = await visit(world);
      last.set(world, seen);
      return seen.printed;
    },
    async passes(world) {
      const { code, stdout, stderr } = last.get(world) ?? (await visit(world));
      if (code !== 0) throw new Error(`the fix leads to ${code}: ${stdout}${stderr}`);
    },
    ...row,
  };
  return whole as FixRow;
};

/** The end of the command in this world, for rows that pass in another way. */
export const runIn = (world: DoctorWorld): Promise<Seen> => visit(world);
