/** Runs a command in this process, for tables of many rows: all of the command but its process, hundreds of times faster. */
import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import { createProgram } from "../commands/program.ts";
import type { Context } from "./context.ts";
import { ExitCode } from "./exit-codes.ts";
import { createLinePrompt } from "./line-prompt.ts";
import type { CliOptions, CliResult } from "./spawn-cli.fixture.ts";
import { createTerminal } from "./terminal.ts";

export async function runInProcess(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
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
    confirm: async () => undefined,
    openPrompt: () =>
      createLinePrompt({ stdin: Readable.from([options.stdin ?? ""]), stderr: process.stderr }),
    now: () => Date.now() / 1_000,
    cli: "agentos",
    finish: (finished) => {
      code = finished;
    },
  };
  await createProgram(context).parseAsync([...args], { from: "user" });
  return { code, stdout, stderr };
}
