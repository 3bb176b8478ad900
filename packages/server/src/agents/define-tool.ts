/** Tools in our own terms: a name, parameters, and a function that acts as the caller of the run. */
import { z } from "zod";
import type { RunContext } from "../runs/runnable.ts";
import {
  compileJsonSchema,
  compileZod,
  type JsonSchema,
  type ToolArguments,
  type ToolParameters,
  type ToolSchema,
} from "./tool-schema.ts";

/** What a tool may know and change: the caller's identity and scopes, the session's state, and when to stop. */
export type ToolContext = Pick<
  RunContext,
  | "runId"
  | "sessionId"
  | "userId"
  | "caller"
  | "signal"
  | "sessionState"
  | "dependencies"
  | "metadata"
  | "clock"
  | "logger"
>;

/** Options of {@link tool}. */
export interface ToolOptions<Parameters extends ToolParameters> {
  /** Letters, digits, `_` and `-`; at most 64. */
  readonly name: string;
  /** What it does, for the model; it chooses by this. */
  readonly description: string;
  /**
   * Arguments are checked against it before `execute` sees them: a zod object, or a plain JSON schema of the type
   * `object`, with which `execute` gets the arguments as the model wrote them.
   */
  readonly parameters: Parameters;
  /** Not given for a tool that runs elsewhere (`externalExecution`). A string is handed on as it is, other values as JSON. */
  readonly execute?: (args: ToolArguments<Parameters>, context: ToolContext) => unknown;
  /** The run pauses before the call until a person confirms it. Default false. */
  readonly requiresConfirmation?: boolean;
  /** The run pauses, and the client brings the result. Default false. */
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
  /** The run pauses at each call, and the client brings the result; `call` throws. */
  readonly externalExecution: boolean;
  /** JSON schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Checks the arguments, then runs. Throws {@link ToolError} for arguments that do not fit. */
  readonly call: (args: unknown, context: ToolContext) => Promise<unknown>;
}

/** A failure whose text the model and the caller may read. Any other exception is hidden from both. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Defines a tool.
 *
 * @example
 * const add = tool({
 *   name: "add_numbers",
 *   description: "Adds two numbers",
 *   parameters: z.object({ a: z.number(), b: z.number() }),
 *   execute: ({ a, b }) => a + b,
 * });
 */
export function tool<Parameters extends z.ZodObject>(options: ToolOptions<Parameters>): Tool;
export function tool(options: ToolOptions<JsonSchema>): Tool;
export function tool(options: ToolOptions<z.ZodObject> | ToolOptions<JsonSchema>): Tool {
  const { name, externalExecution = false } = options;
  if (!NAME.test(name))
    throw new TypeError(`a tool's name has 1 to 64 letters, digits, "_" or "-", not ${JSON.stringify(name)}`);
  if ((options.execute === undefined) !== externalExecution) {
    throw new TypeError(`the tool "${name}" needs "execute", or "externalExecution: true", and not both`);
  }
  return takesJsonSchema(options)
    ? createTool(options, compileParameters(name, options.parameters), options.execute)
    : createTool(options, compileZod(options.parameters), options.execute);
}

function takesJsonSchema(
  options: ToolOptions<z.ZodObject> | ToolOptions<JsonSchema>,
): options is ToolOptions<JsonSchema> {
  return !(options.parameters instanceof z.ZodType);
}

function compileParameters(name: string, parameters: JsonSchema) {
  try {
    return compileJsonSchema(parameters);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : "it cannot be read";
    throw new TypeError(`the parameters of the tool "${name}" are no JSON schema of an object: ${problem}`, {
      cause,
    });
  }
}

function createTool<Args>(
  options: Pick<Tool, "name" | "description"> &
    Partial<Pick<Tool, "requiresConfirmation" | "externalExecution">>,
  { schema, check }: ToolSchema<Args>,
  execute: ((args: Args, context: ToolContext) => unknown) | undefined,
): Tool {
  const { name, description, requiresConfirmation = false, externalExecution = false } = options;
  return Object.freeze({
    name,
    description,
    requiresConfirmation,
    externalExecution,
    parameters: schema,
    async call(args: unknown, context: ToolContext) {
      if (execute === undefined) throw new ToolError(`The tool ${name} runs outside of this server`);
      const checked = await check(args);
      if (!checked.ok) throw new ToolError(`Invalid arguments: ${checked.problem}`);
      return execute(checked.args, context);
    },
  });
}
