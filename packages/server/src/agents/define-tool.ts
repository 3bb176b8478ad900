/** Tools in our own terms: a name, zod parameters, and a function that acts as the caller of the run. */
import { z } from "zod";
import type { RunContext } from "../runs/runnable.ts";

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
export interface ToolOptions<Parameters extends z.ZodObject> {
  /** Letters, digits, `_` and `-`; at most 64. */
  readonly name: string;
  /** What it does, for the model; it chooses by this. */
  readonly description: string;
  /** Arguments are checked against it before `execute` sees them. */
  readonly parameters: Parameters;
  /** Not given for a tool that runs elsewhere (`externalExecution`). A string is handed on as it is, other values as JSON. */
  readonly execute?: (args: z.output<Parameters>, context: ToolContext) => unknown;
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
export function tool<Parameters extends z.ZodObject>(options: ToolOptions<Parameters>): Tool {
  const {
    name,
    description,
    parameters,
    execute,
    requiresConfirmation = false,
    externalExecution = false,
  } = options;
  if (!NAME.test(name))
    throw new TypeError(`a tool's name has 1 to 64 letters, digits, "_" or "-", not ${JSON.stringify(name)}`);
  if ((execute === undefined) !== externalExecution) {
    throw new TypeError(`the tool "${name}" needs "execute", or "externalExecution: true", and not both`);
  }
  const { $schema: _, ...schema } = z.toJSONSchema(parameters, { io: "input" });
  return Object.freeze({
    name,
    description,
    requiresConfirmation,
    externalExecution,
    parameters: Object.freeze(schema),
    async call(args: unknown, context: ToolContext) {
      if (execute === undefined) throw new ToolError(`The tool ${name} runs outside of this server`);
      const parsed = await parameters.safeParseAsync(args);
      if (!parsed.success) throw new ToolError(`Invalid arguments: ${describeIssues(parsed.error)}`);
      return execute(parsed.data, context);
    },
  });
}

function describeIssues(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".") || "arguments"}: ${issue.message}`).join("; ");
}
