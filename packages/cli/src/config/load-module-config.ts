/** A configuration in code: its default export, or its export `os`, is an AgentOS or a function that makes one. */
import { pathToFileURL } from "node:url";
import type { Fault, RenderedFault } from "@agentos/contract";
import { ConfigurationError } from "@agentos/guard";
import { AgentOS } from "@agentos/server";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure, faultsOf, systemCode } from "../program/failure.ts";

const FORM = "export an AgentOS as default or as `os`, or a function that returns one or its options";

/** A module to import, and what people call it. */
interface ModuleFile {
  readonly path: string;
  readonly shownPath: string;
  /** Somebody only looks at it. Default false. */
  readonly isExamined?: boolean | undefined;
}

/** Imports the module and waits until its keys are judged, and its database is open. */
export async function loadModuleConfig(file: ModuleFile, { cli, env }: Context): Promise<AgentOS> {
  const { shownPath, isExamined = false } = file;
  const made = await runModule(file);
  if (made === undefined) throw invalid(`"${shownPath}" exports no AgentOS`);
  const os = isAgentOS(made) ? made : makeFromOptions(made, shownPath);
  try {
    await os.ready({ isExamined });
  } catch (cause) {
    const faults = faultsOf(cause);
    if (faults === undefined) throw cause;
    throw new ConfigurationError({ faults: faults.map((fault) => nameJwksFile(fault, env)), cli, cause });
  }
  return os;
}

/** The server keeps paths to itself; here its operator reads, and set the variable. */
function nameJwksFile(fault: RenderedFault, { JWT_JWKS_FILE }: Context["env"]): Fault {
  if (fault.at !== "JWT_JWKS_FILE" || JWT_JWKS_FILE === undefined) return fault;
  const { code, at, facts, severity } = fault;
  return { code, at, facts: { ...facts, from: JWT_JWKS_FILE }, severity };
}

/** Imports the module, and calls what it exports when that is a function. All of it is the user's own code. */
async function runModule({ path, shownPath }: ModuleFile): Promise<unknown> {
  try {
    const exported = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
    const candidate = exported["default"] ?? exported["os"];
    return typeof candidate === "function" ? await (candidate as () => unknown)() : candidate;
  } catch (cause) {
    const faults = faultsOf(cause);
    // The module has ended where it threw: what comes after it nobody has seen.
    if (faults !== undefined)
      throw new ConfigurationError({
        faults: faults.map((fault, index) =>
          index < faults.length - 1
            ? fault
            : {
                ...fault,
                fix: `${fault.fix} ("${shownPath}" stopped here; what follows in it is judged next)`,
              },
        ),
        cause,
      });
    const message = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new CliFailure(`"${shownPath}" cannot be loaded (${systemCode(cause) ?? "error"}): ${message}`, {
      fix: "correct the module; it is run as an ES module, and .ts files may only use syntax that can be erased",
      exitCode: ExitCode.invalidConfiguration,
      cause,
    });
  }
}

/** By its methods: the module may bring another copy of the server package. */
function isAgentOS(value: unknown): value is AgentOS {
  if (value instanceof AgentOS) return true;
  const names = ["fetch", "serve", "ready", "describe"] as const;
  return (
    typeof value === "object" &&
    value !== null &&
    names.every((name) => name in value && typeof (value as Record<string, unknown>)[name] === "function")
  );
}

function makeFromOptions(value: unknown, shownPath: string): AgentOS {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(`what "${shownPath}" exports is neither an AgentOS nor its options`);
  return new AgentOS(value);
}

function invalid(message: string): CliFailure {
  return new CliFailure(message, { fix: FORM, exitCode: ExitCode.invalidConfiguration });
}
