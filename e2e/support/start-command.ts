/** The real command as a process that stays over several tests of a file, and ends with the file. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { command } from "./command.ts";

export interface StartedCommand {
  /** The match, as soon as standard output has it; rejects when the command ends without it. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ends it, and waits for that. */
  stop(signal?: NodeJS.Signals): Promise<CommandEnd>;
}

export interface CommandEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly cwd: string;
  /** A file in the folder with lines for a shell, which reads them before it becomes the command. */
  readonly shellLines?: string | undefined;
  /** From the source of this clone, beside which the built console is; slower. Default: bundled, with a plain page. */
  readonly hasConsole?: boolean | undefined;
}

const SOURCE = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));

const started = new Set<StartedCommand>();
const folders = new Set<string>();

afterAll(async () => {
  await Promise.all([...started].map((one) => one.stop("SIGKILL")));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder that goes away with the file. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "agentos-e2e-"));
  folders.add(folder);
  return folder;
}

/** Starts it, with nothing of this machine's environment but PATH. */
export function startCommand(
  args: readonly string[],
  { cwd, shellLines, hasConsole = false }: StartOptions,
): StartedCommand {
  const env = { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: command.compileCache };
  const file = hasConsole ? SOURCE : command.file;
  const line = [process.execPath, file, ...args];
  const child =
    shellLines === undefined
      ? spawn(process.execPath, [file, ...args], { cwd, env })
      : spawn("/bin/sh", ["-c", `. "./${shellLines}" && exec "$@"`, "sh", ...line], { cwd, env });
  return follow(child);
}

function follow(child: ChildProcessWithoutNullStreams): StartedCommand {
  let [stdout, stderr] = ["", ""];
  const listeners = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end();
  const ended = new Promise<CommandEnd>((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  const self: StartedCommand = {
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(stdout);
          if (match === null) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        look();
        void ended.then(({ code }) =>
          reject(new Error(`ended with ${code} before ${pattern} was printed\n${stdout}\n${stderr}`)),
        );
      }),
    stop(signal = "SIGTERM") {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      started.delete(self);
      return ended;
    },
  };
  started.add(self);
  return self;
}
