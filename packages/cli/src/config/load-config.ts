/** Loads a configuration by its kind of file. */
import { stat } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { isRecord } from "@agentos/contract";
import type { Logger } from "@agentos/guard";
import { describeFileCause } from "@agentos/guard/app";
import type { AgentOS } from "@agentos/server";
import { describeFileProblem } from "../files/describe-file.ts";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure } from "../program/failure.ts";
import { loadJsonConfig } from "./load-json-config.ts";
import { loadModuleConfig } from "./load-module-config.ts";
import { readJson } from "./read-json.ts";

const MODULES = [".ts", ".mts", ".js", ".mjs"];

export interface LoadOptions {
  /** Of a JSON configuration. Default: the server's own. */
  readonly logger?: Logger | undefined;
  /** Somebody only looks at it: no database is opened or made. Default false. */
  readonly isExamined?: boolean | undefined;
  /** Address of a database that takes the place of the configuration's own. Default: there is none. */
  readonly database?: string | undefined;
}

/** An AgentOS whose configuration is in order. Throws `ConfigurationError` or {@link CliFailure}. */
export async function loadConfig(
  file: string,
  context: Context,
  { logger, isExamined, database }: LoadOptions = {},
): Promise<AgentOS> {
  const path = resolve(context.workingDirectory, file);
  const extension = extname(path).toLowerCase();
  if (extension === ".json") {
    const value = await readJson({ path, shownPath: file });
    return loadJsonConfig(database === undefined ? value : withDatabase(value, database), {
      folder: dirname(path),
      env: context.env,
      cli: context.cli,
      logger,
      isExamined,
    });
  }
  if (!MODULES.includes(extension)) {
    throw new CliFailure(`"${file}" is no kind of configuration that is known`, {
      fix: `give a file that ends in .json or in ${MODULES.join(", ")}`,
      exitCode: ExitCode.invalidConfiguration,
    });
  }
  if (database !== undefined)
    throw new CliFailure('"--database" has no meaning for a configuration that is a module', {
      fix: 'name the database in the module; where it names none, the variable "DATABASE_URL" counts',
      exitCode: ExitCode.invalidConfiguration,
    });
  await stat(path).catch((cause: unknown) => {
    throw new CliFailure(describeFileProblem(describeFileCause(cause), `"${file}"`), {
      fix: "give the path of the configuration with --config",
      exitCode: ExitCode.invalidConfiguration,
      cause,
    });
  });
  return loadModuleConfig({ path, shownPath: file, isExamined }, context);
}

/** What else the configuration says of its database, such as the size of its pool, stays. */
function withDatabase(value: unknown, url: string): unknown {
  if (!isRecord(value)) return value;
  const { database } = value;
  if (!isRecord(database)) return { ...value, database: url };
  const { directUrl: _, ...rest } = database;
  return { ...value, database: { ...rest, url } };
}
