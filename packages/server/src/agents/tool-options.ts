/** The options of a tool, checked once like those of an agent: unknown ones are refused, every fault is named at once. */
import { isRecord } from "@agentos/contract";
import { ConfigurationError, type Fault } from "@agentos/guard";
import { createOptionFault, findOptionFaults, formatPath } from "@agentos/guard/app";
import { z } from "zod";
import type { ToolSchema } from "./compiled-parameters.ts";
import { compileParameters } from "./tool-schema.ts";
import { listParameters } from "./user-input.ts";

type Execute = (args: unknown, context: unknown) => unknown;

export interface CheckedToolOptions {
  readonly name: string;
  readonly description: string;
  readonly execute: Execute | undefined;
  readonly requiresConfirmation: boolean;
  readonly editableArguments: readonly string[];
  readonly requiresUserInput: readonly string[];
  readonly externalExecution: boolean;
  readonly parameters: ToolSchema;
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const isFunction = (value: unknown): value is Execute => typeof value === "function";

const names = z
  .array(z.string())
  .default([])
  .transform((listed): readonly string[] => Object.freeze([...new Set(listed)]));

const schema = z.strictObject({
  name: z.string().regex(NAME, 'must have 1 to 64 letters, digits, "_" or "-"'),
  description: z.string().regex(/\S/, "must not be empty: the model chooses a tool by it"),
  // Judged by themselves, so that their faults are said beside the others.
  parameters: z.unknown().optional(),
  execute: z.custom<Execute>(isFunction, "must be a function").optional(),
  requiresConfirmation: z.boolean().default(false),
  editableArguments: names,
  requiresUserInput: names,
  externalExecution: z.boolean().default(false),
});

const EXAMPLES = {
  name: '"get_order"',
  description: '"Finds an order by its number"',
  execute: "(args, context) => …",
  editableArguments: '["amount"]',
  requiresUserInput: '["address"]',
};

/** What the AI SDK calls our options, where no misspelling would lead there. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ["inputSchema", "parameters"],
  ["needsApproval", "requiresConfirmation"],
]);

/** Throws a {@link ConfigurationError} with every fault. */
export function checkToolOptions(options: unknown): CheckedToolOptions {
  if (!isRecord(options)) throw new ConfigurationError({ faults: [NO_OPTIONS] });
  const parsed = schema.safeParse(options);
  const parameters = readParameters(options);
  const faults = [
    ...(parsed.success ? [] : findOptionFaults(parsed.error, { schema, examples: EXAMPLES })),
    ...("faults" in parameters ? parameters.faults : []),
    ...findExecuteFaults(options),
    ...(parsed.success && "schema" in parameters ? findNameFaults(parsed.data, parameters.schema) : []),
  ];
  if (parsed.success && "schema" in parameters && faults.length === 0)
    return { ...parsed.data, execute: parsed.data.execute, parameters: parameters.schema };
  throw new ConfigurationError({
    faults: faults.map((fault) => nameTool(explainOtherName(fault, options), options["name"])),
  });
}

const NO_OPTIONS = createOptionFault({
  option: "options",
  problem: 'of "tool()" must be an object',
  suggestion: "write tool({ name, description, parameters, execute })",
});

type Given = Readonly<Record<string, unknown>>;

function readParameters(
  given: Given,
): { readonly schema: ToolSchema } | { readonly faults: readonly Fault[] } {
  const { parameters } = given;
  if (parameters === undefined) return { faults: "inputSchema" in given ? [] : [NO_PARAMETERS] };
  const compiled = compileParameters(parameters);
  if ("schema" in compiled) return compiled;
  return {
    faults: compiled.faults.map(({ path, ...words }) =>
      createOptionFault({ option: formatPath(["parameters", ...path]), ...words }),
    ),
  };
}

const NO_PARAMETERS = createOptionFault({
  option: "parameters",
  problem: "is required",
  suggestion: 'add "parameters": z.object({ … }), or z.object({}) for a tool that takes nothing',
});

function findExecuteFaults(given: Given): readonly Fault[] {
  const isExternal = given["externalExecution"] === true;
  if ((given["execute"] === undefined) === isExternal) return [];
  return [
    createOptionFault(
      isExternal
        ? {
            option: "execute",
            problem: 'is not called with "externalExecution": the client brings the result',
            suggestion: 'remove "execute", or "externalExecution"',
          }
        : {
            option: "execute",
            problem: "is required",
            suggestion:
              'add "execute": (args, context) => …, or "externalExecution": true where the client runs it',
          },
    ),
  ];
}

/** Options that name parameters name those that there are, and each is changed, or filled in, where somebody can. */
function findNameFaults(
  {
    editableArguments,
    requiresUserInput,
    requiresConfirmation,
  }: Pick<CheckedToolOptions, "editableArguments" | "requiresUserInput" | "requiresConfirmation">,
  { schema: parameters }: ToolSchema,
): readonly Fault[] {
  const known = listParameters(parameters);
  const listed = known.length === 0 ? "none" : known.map((name) => JSON.stringify(name)).join(", ");
  const faults = Object.entries({ editableArguments, requiresUserInput }).flatMap(([option, given]) =>
    given
      .filter((name) => !known.includes(name))
      .map((name) =>
        createOptionFault({
          option,
          problem: `names ${JSON.stringify(name.slice(0, 64))}, which is not among the "parameters" (${listed})`,
          suggestion: `remove it from "${option}", or add it to "parameters"`,
        }),
      ),
  );
  if (editableArguments.length > 0 && !requiresConfirmation)
    faults.push(
      createOptionFault({
        option: "editableArguments",
        problem: 'is for whoever confirms a call, and this tool has no "requiresConfirmation"',
        suggestion: 'add "requiresConfirmation": true, or remove "editableArguments"',
      }),
    );
  return faults;
}

/** `inputSchema` is unknown because of its name only: one fault says both, what is missing and what it is called here. */
function explainOtherName(fault: Fault, given: Given): Fault {
  const meant = OTHER_NAMES.get(fault.at ?? "");
  if (fault.code !== "CONFIG_OPTION_UNKNOWN" || meant === undefined) return fault;
  const words = `the AI SDK's "${fault.at}" is called "${meant}" here`;
  const isMissing = given[meant] === undefined;
  return createOptionFault({
    option: isMissing ? meant : String(fault.at),
    problem: isMissing ? `is missing: ${words}` : `is not an option: ${words}`,
    suggestion: isMissing ? `rename "${fault.at}" to "${meant}"` : `remove "${fault.at}"`,
  });
}

/** Of many tools in a file, which one is it? */
function nameTool(fault: Fault, name: unknown): Fault {
  const shown =
    typeof name === "string" && name !== "" ? JSON.stringify(name.slice(0, 64)) : "without a name";
  return { ...fault, facts: { ...fault.facts, of: `tool ${shown}` } };
}
