/** Which control plane a command is about: where it is, and where it keeps what it knows. */
import { explainRejection, type MachineOptions } from "@agentos/control-plane/machine";
import type { Context } from "../program/context.ts";
import { CliFailure } from "../program/failure.ts";
import { readDatabaseOption } from "../serve/read-database-option.ts";

/** As they were typed. */
export interface MachineCommandOptions {
  readonly url?: string;
  readonly database?: string;
  readonly json?: true;
}

export async function readMachineOptions(
  { url, database }: MachineCommandOptions,
  context: Context,
): Promise<MachineOptions> {
  return {
    ...(url === undefined ? {} : { url }),
    ...(database === undefined ? {} : { database: await readDatabaseOption(database, context) }),
    env: context.env,
    cliCommand: context.cli,
    workingDirectory: context.workingDirectory,
  };
}

/** Says why it could not be done, in the catalogue's words. */
export async function orExplain<Result>(work: Promise<Result>, { cli }: Context): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    const explained = explainRejection(cause, cli);
    if (explained === undefined) throw cause;
    throw new CliFailure(`${explained.title} [${explained.code}]`, { fix: explained.fix, cause });
  }
}
