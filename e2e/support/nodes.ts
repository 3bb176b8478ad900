/** Servers as processes of their own on one database, which a test stops, wakes and kills as a machine would. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TEST_OS_ID } from "@agentos/testkit";
import { bundleScript } from "@agentos/testkit/processes";
import { afterAll, onTestFinished } from "vitest";

export interface NodeOptions {
  /** For the option `database`. */
  readonly database: string;
  /** `DATABASE_DIRECT_URL`. */
  readonly directUrl?: string;
  /** Public key of the tokens it takes; without one it is open. */
  readonly verificationKey?: string;
  /** What the agents `words` and `counts` say. Default 40 words, 25 ms apart. */
  readonly words?: number;
  readonly everyMs?: number;
  readonly limits?: Readonly<Record<string, number>>;
  readonly retention?: Readonly<Record<string, number>>;
}

export interface TestNode {
  readonly url: string;
  /** Lines of warnings and errors so far. */
  readonly log: readonly string[];
  /** SIGSTOP: it does nothing, and nobody is told. */
  stop(): void;
  /** SIGCONT. */
  wake(): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Ends as on a deploy. */
  close(): Promise<void>;
  /** Fills the disk of its SQLite, or makes room again. */
  setDisk(state: "fill" | "empty"): Promise<void>;
}

const script = await bundleScript(join(import.meta.dirname, "node-process.ts"));
const MAX_LOG_LINES = 2_000;

const folder = mkdtempSync(join(tmpdir(), "agentos-nodes-"));
const callsFile = join(folder, "calls");
const children = new Set<ChildProcess>();

/** Starts one; the others of the same database are its fellows. */
export async function startNode({ words = 40, everyMs = 25, ...options }: NodeOptions): Promise<TestNode> {
  const spec = JSON.stringify({ id: TEST_OS_ID, callsFile, words, everyMs, ...options });
  const child = fork(script.file, [spec], {
    execArgv: [],
    env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: script.compileCache },
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  children.add(child);
  const exited = once(child, "exit").then(() => void children.delete(child));
  const log = collectLines(child);
  const url = await Promise.race([readUrl(child), exited]);
  if (url === undefined) throw new Error(`a node did not start: ${log.join("\n")}`);
  return {
    url,
    log,
    stop: () => void child.kill("SIGSTOP"),
    wake: () => void child.kill("SIGCONT"),
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async close() {
      child.send("close");
      await exited;
    },
    async setDisk(state) {
      const done = once(child, "message");
      child.send(state);
      await done;
    },
  };
}

export function startNodes(count: number, options: NodeOptions): Promise<readonly TestNode[]> {
  return Promise.all(Array.from({ length: count }, () => startNode(options)));
}

/** The same for one test: they are killed when it has ended, however that was. */
export async function startTestNodes(count: number, options: NodeOptions): Promise<readonly TestNode[]> {
  const nodes = await startNodes(count, options);
  onTestFinished(async () => void (await Promise.all(nodes.map((node) => node.kill()))));
  return nodes;
}

/** How often a tool was called for that run, by any node. */
export function countCalls(tool: "count" | "charge", runId: string): number {
  const calls = readFileSync(callsFile, { encoding: "utf8", flag: "a+" });
  return calls.split("\n").filter((line) => line === `${tool} ${runId}`).length;
}

async function readUrl(child: ChildProcess): Promise<string> {
  const [message] = (await once(child, "message")) as [{ readonly url: string }];
  return message.url;
}

function collectLines({ stderr }: ChildProcess): readonly string[] {
  const lines: string[] = [];
  let rest = "";
  stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
    if (lines.length > MAX_LOG_LINES) lines.splice(0, lines.length - MAX_LOG_LINES);
  });
  return lines;
}

afterAll(async () => {
  await Promise.all(
    [...children].map(async (child) => {
      child.kill("SIGKILL");
      await once(child, "exit");
    }),
  );
  rmSync(folder, { recursive: true, force: true });
});
