/** The command line `agentos`: parses it, runs one command, and turns every outcome into an exit status. */
import { CommanderError } from "commander";
import { type Context, createContext } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure, faultsOf } from "../program/failure.ts";
import { showUntrusted, showUntrustedLines } from "../program/terminal.ts";
import { createProgram, withHelpAsked } from "./program.ts";

/** Runs one command line and returns its exit status; never throws. */
export async function run(argv: readonly string[]): Promise<number> {
  let code: ExitCode = ExitCode.ok;
  const context = createContext((finished) => {
    code = finished;
  });
  // A reader that closes early (`agentos scopes list | head`) is no error.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit(code);
    });
  }
  try {
    const program = createProgram(context);
    await program.parseAsync([...withHelpAsked(program, argv)], { from: "user" });
    return code;
  } catch (error) {
    return explain(error, context);
  }
}

function explain(error: unknown, context: Context): ExitCode {
  // Commander has printed its own text already; help and version end like this too, with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.failed;
  const { terminal } = context;
  const mark = terminal.paintNote("red", "error:");
  if (error instanceof CliFailure) {
    // Both may name what a file or an option says.
    terminal.note(`${mark} ${showUntrusted(error.message)}`);
    terminal.note(`  fix: ${showUntrusted(error.fix)}`);
    return error.exitCode;
  }
  const faults = faultsOf(error);
  if (faults !== undefined) {
    terminal.note(
      `${mark} the configuration cannot be used; ${faults.length === 1 ? "1 fault" : `${faults.length} faults`}:`,
    );
    for (const fault of faults) {
      terminal.note(
        `  - ${showUntrusted(fault.message)} ${terminal.paintNote("dim", `[${showUntrusted(fault.code)}]`)}`,
      );
      terminal.note(`    fix: ${showUntrusted(fault.fix)}`);
    }
    return ExitCode.invalidConfiguration;
  }
  // A fault of ours. Exception texts may quote input, so only its kind is shown unless it is asked for.
  terminal.note(
    `${mark} unexpected ${error instanceof Error ? showUntrusted(error.name) : "error"}; this is a bug in agentos`,
  );
  if (context.env["AGENTOS_DEBUG"] === "1" && error instanceof Error)
    terminal.note(showUntrustedLines(error.stack ?? error.message));
  else
    terminal.note(
      "  fix: run it again with AGENTOS_DEBUG=1 and report what it prints, without any secret in it",
    );
  return ExitCode.failed;
}
