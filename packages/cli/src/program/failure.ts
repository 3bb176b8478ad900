/** A command that cannot do what was asked: what is wrong, what to do next, and the exit status. */
import { isRecord, type RenderedFault } from "@agentos/contract";
import { ExitCode } from "./exit-codes.ts";

export class CliFailure extends Error {
  readonly fix: string;
  readonly exitCode: ExitCode;

  constructor(
    message: string,
    options: { readonly fix: string; readonly exitCode?: ExitCode; readonly cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CliFailure";
    this.fix = options.fix;
    this.exitCode = options.exitCode ?? ExitCode.failed;
  }
}

/** The faults of a `ConfigurationError`, also of one that another copy of the server package threw. */
export function faultsOf(error: unknown): readonly RenderedFault[] | undefined {
  if (!(error instanceof Error) || error.name !== "ConfigurationError" || !("faults" in error))
    return undefined;
  const { faults } = error;
  return Array.isArray(faults) && faults.every(isRenderedFault) ? faults : undefined;
}

/** By its form: another copy may know codes that this one does not, and they have their words with them. */
function isRenderedFault(value: unknown): value is RenderedFault {
  return (
    isRecord(value) &&
    [value["code"], value["message"], value["fix"]].every((text) => typeof text === "string") &&
    isRecord(value["facts"]) &&
    (value["severity"] === "error" || value["severity"] === "warning") &&
    ["string", "undefined"].includes(typeof value["at"])
  );
}

/** Code of a Node.js error such as `ENOENT`, looked for in its causes too. */
export function systemCode(error: unknown): string | undefined {
  for (
    let current = error, depth = 0;
    current instanceof Error && depth < 5;
    current = current.cause, depth += 1
  ) {
    if ("code" in current && typeof current.code === "string") return current.code;
  }
  return undefined;
}
