/** Tools in our own terms: a name, parameters, and a function that acts as the caller of the run. */
import type { z } from "zod";
import type { RunContext } from "../runs/runnable.ts";
import type { JsonSchema } from "./compiled-parameters.ts";
import { checkToolOptions } from "./tool-options.ts";
import type { ToolArguments, ToolParameters } from "./tool-schema.ts";

/** What a tool may know and change: the caller's identity and scopes, the session's state, and when to stop. */
export type ToolContext = Pick<
  RunContext,
  | "runId"
  | "sessionId"
  | "userId"
  | "memories"
  | "caller"
  | "signal"
  | "sessionState"
  | "dependencies"
  | "metadata"
  | "clock"
  | "logger"
>;

/** Options of {@link tool}: checked once, unknown ones refused. */
export interface ToolOptions<Parameters extends ToolParameters> {
  /** What the model calls it by: letters, digits, `_` and `-`; at most 64. Default none: it is required. */
  readonly name: string;
  /** What it does, for the model, which chooses by this. Default none: it is required. */
  readonly description: string;
  /**
   * Arguments are checked against it before `execute` sees them: an object of zod 4 (`zod` or `zod/mini`), or a plain JSON
   * schema of the type `object`, with which `execute` gets the arguments as the model wrote them. Default none: it is
   * required, `z.object({})` for a tool that takes nothing.
   */
  readonly parameters: Parameters;
  /** Runs the call. A text is handed to the model as it is, other values as JSON. Default none: it is required, but for `externalExecution`. */
  readonly execute?: (args: ToolArguments<Parameters>, context: ToolContext) => unknown;
  /** The run pauses before the call until a person confirms it. Default false. */
  readonly requiresConfirmation?: boolean;
  /**
   * Names of arguments that whoever confirms may change; they are checked like those of the model. Needs
   * `requiresConfirmation`. Default none: what the model asked for is confirmed as it is, or rejected.
   */
  readonly editableArguments?: readonly string[];
  /**
   * Names of parameters that a person fills in: the run pauses, and the model is not told of them. Default none.
   */
  readonly requiresUserInput?: readonly string[];
  /** The run pauses, and the client brings the result; there is no `execute` then. Default false. */
  readonly externalExecution?: boolean;
}

/** A tool that an agent can be given; made by {@link tool}, frozen. */
export interface Tool {
  /** What the model calls it by; unique among the tools of an agent. */
  readonly name: string;
  /** Tells the model when to call it. */
  readonly description: string;
  /** The run pauses before each call until a person confirms it. */
  readonly requiresConfirmation: boolean;
  /** Names of the arguments that whoever confirms may change. */
  readonly editableArguments: readonly string[];
  /** Names of the parameters that a person fills in; the run pauses before each call until then. */
  readonly requiresUserInput: readonly string[];
  /** The run pauses at each call, and the client brings the result; `call` throws. */
  readonly externalExecution: boolean;
  /** JSON schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What is wrong with arguments, in words for a model or a caller; undefined for nothing. */
  readonly findArgumentProblem: (args: unknown) => Promise<string | undefined>;
  /** Checks the arguments, then runs. Throws {@link ToolError} for arguments that do not fit. */
  readonly call: (args: unknown, context: ToolContext) => Promise<unknown>;
}

/** A failure whose text the model and the caller may read. Any other exception is hidden from both. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}

/**
 * Defines a tool. Throws `ConfigurationError` with every fault: `CONFIG_OPTION_UNKNOWN`, `CONFIG_OPTION_INVALID`.
 *
 * @example
 * const add = tool({
 *   name: "add_numbers",
 *   description: "Adds two numbers",
 *   parameters: z.object({ a: z.number(), b: z.number() }),
 *   execute: ({ a, b }) => a + b,
 * });
 */
export function tool<Parameters extends z.core.$ZodObject>(options: ToolOptions<Parameters>): Tool;
export function tool(options: ToolOptions<JsonSchema>): Tool;
export function tool(options: unknown): Tool {
  const { parameters, execute, ...checked } = checkToolOptions(options);
  const { name } = checked;
  return Object.freeze({
    ...checked,
    parameters: parameters.schema,
    async findArgumentProblem(args: unknown) {
      const result = await parameters.check(args);
      return result.ok ? undefined : result.problem;
    },
    async call(args: unknown, context: ToolContext) {
      if (execute === undefined) throw new ToolError(`The tool ${name} runs outside of this server`);
      const result = await parameters.check(args);
      if (!result.ok) throw new ToolError(`Invalid arguments: ${result.problem}`);
      return execute(result.args, context);
    },
  });
}
