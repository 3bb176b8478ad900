/** Runs a command in this process, for tables of many rows: all of the command but its process, hundreds of times faster. */
import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import { createProgram } from "../commands/program.ts";
import { createConfirm } from "./confirm.ts";
import type { Context } from "./context.ts";
import { ExitCode } from "./exit-codes.ts";
import { createLinePrompt, type PromptStreams } from "./line-prompt.ts";
import type { CliOptions, CliResult } from "./spawn-cli.fixture.ts";
import { createTerminal } from "./terminal.ts";

export interface InProcessOptions extends CliOptions {
  /** Whoever answers questions. Default: nobody; lines come from `stdin`. */
  readonly terminal?: PromptStreams;
}

export async function runInProcess(
  args: readonly string[],
  options: InProcessOptions = {},
): Promise<CliResult> {
  const streams = options.terminal ?? {
    stdin: Readable.from([options.stdin ?? ""]),
    stderr: process.stderr,
  };
  let code: ExitCode = ExitCode.ok;
  let stdout = "";
  let stderr = "";
  const context: Context = {
    env: options.env ?? {},
    workingDirectory: options.cwd ?? tmpdir(),
    terminal: createTerminal(
      {
        stdout: {
          write: (text: string) => {
            stdout += text;
            return true;
          },
        },
        stderr: {
          write: (text: string) => {
            stderr += text;
            return true;
          },
        },
      },
      {},
    ),
    readStandardInput: () => Promise.resolve(options.stdin ?? ""),
    confirm: createConfirm(streams),
    openPrompt: () => createLinePrompt(streams),
    now: () => Date.now() / 1_000,
    cli: "agentos",
    finish: (finished) => {
      code = finished;
    },
  };
  await createProgram(context).parseAsync([...args], { from: "user" });
  return { code, stdout, stderr };
}
