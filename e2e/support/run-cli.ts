/** The real command in a process of its own, with nothing of this machine's environment. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { command } from "./command.ts";

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
}

export interface CommandResult {
  /** Null: it was still running, and has been stopped. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, or until its output has `until`; then it stays until the test ends. */
export async function runCommand(
  args: readonly string[],
  { cwd, env = {}, stdin = "" }: CommandOptions,
  until?: RegExp,
): Promise<CommandResult> {
  const child = spawn(process.execPath, [command.file, ...args], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: command.compileCache, ...env },
  });
  let [stdout, stderr] = ["", ""];
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  const ended = new Promise<number | null>((resolve) => {
    child.on("close", resolve);
  });
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended;
  });
  const printed = new Promise<null>((resolve) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      if (until?.test(stdout) === true) resolve(null);
    });
  });
  return { code: await Promise.race([ended, printed]), stdout, stderr };
}

/** An empty folder that goes away with the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "agentos-e2e-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
