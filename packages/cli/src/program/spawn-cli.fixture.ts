/** Runs the real command as a child process, for tests. Nothing of this machine's environment reaches it. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleScript } from "@agentos/testkit/processes";
import { onTestFinished } from "vitest";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const bundled = await bundleScript(MAIN);

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** A configuration that is a module of a user is loaded by the source, whose AgentOS it imports. */
  readonly loadsModule?: boolean;
}

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const started = startCli(args, options);
  return started.finished;
}

export interface StartedCli {
  readonly finished: Promise<CliResult>;
  /** Resolves with the match as soon as standard output has it; rejects when the command ends without it. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  readonly output: () => { readonly stdout: string; readonly stderr: string };
  /** Ctrl-C, for a command that goes on after it. */
  interrupt(): void;
  stop(signal?: NodeJS.Signals): Promise<CliResult>;
}

/** Starts a command that stays; it is stopped when the test ends, whatever happens. */
export function startCli(args: readonly string[], options: CliOptions = {}): StartedCli {
  const child: ChildProcessWithoutNullStreams = spawn(
    process.execPath,
    [options.loadsModule === true ? MAIN : bundled.file, ...args],
    {
      cwd: options.cwd ?? tmpdir(),
      env: { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: bundled.compileCache, ...options.env },
    },
  );
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  // A command that reads no standard input may be gone before this is written.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.stdin ?? "");
  const finished = new Promise<CliResult>((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });

  const waitFor = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(stdout);
        if (match === null) return;
        listeners.delete(look);
        resolve(match);
      };
      listeners.add(look);
      look();
      void finished.then(({ code }) =>
        reject(new Error(`ended with ${code} before ${pattern} was printed\n${stdout}\n${stderr}`)),
      );
    });
  const stop = (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal);
    return finished;
  };
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await finished;
  });
  const interrupt = () => void child.kill("SIGINT");
  return { finished, waitFor, interrupt, stop, output: () => ({ stdout, stderr }) };
}

/** An empty folder that goes away with the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "agentos-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
