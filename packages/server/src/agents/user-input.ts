/**
 * Parameters of a tool that a person fills in. The model is not told of them, and what it writes there all the same is
 * dropped: the value is the person's.
 */
import { isRecord, type ToolExecution } from "@agentos/contract";
import type { JsonSchema } from "./compiled-parameters.ts";

/** What of a tool is asked for here. */
interface FilledTool {
  readonly parameters: JsonSchema;
  readonly requiresUserInput: readonly string[];
}
type UserInputField = NonNullable<ToolExecution["user_input_schema"]>[number];
type Arguments = Readonly<Record<string, unknown>>;

/** The contract's names of the types of JSON schema, which are Python's. */
const FIELD_TYPES: Readonly<Record<string, string>> = {
  string: "str",
  integer: "int",
  number: "float",
  boolean: "bool",
  array: "list",
  object: "dict",
};

/** What a person has to fill in; undefined where the tool wants nothing. */
export function listUserInput(tool: FilledTool | undefined): UserInputField[] | undefined {
  if (tool === undefined || tool.requiresUserInput.length === 0) return undefined;
  const properties = propertiesOf(tool.parameters);
  return tool.requiresUserInput.map((name) => {
    const { type, description } = readProperty(properties, name);
    return {
      name,
      field_type: FIELD_TYPES[String(type)] ?? "str",
      description: typeof description === "string" ? description : null,
      value: null,
    };
  });
}

/** The parameters as a model is told of them. */
export function hideUserInput({ parameters, requiresUserInput: hidden }: FilledTool): Arguments {
  if (hidden.length === 0) return parameters;
  const { required } = parameters;
  return {
    ...parameters,
    properties: withoutKeys(propertiesOf(parameters), hidden),
    ...(Array.isArray(required)
      ? { required: required.filter((name: unknown) => !hidden.some((other) => other === name)) }
      : {}),
  };
}

/** The arguments that the model may choose. */
export function dropUserInput(
  args: Arguments,
  tool: Pick<FilledTool, "requiresUserInput"> | undefined,
): Arguments {
  return tool === undefined || tool.requiresUserInput.length === 0
    ? args
    : withoutKeys(args, tool.requiresUserInput);
}

/** The names of the parameters that a schema lists. */
export function listParameters(schema: Arguments): readonly string[] {
  return Object.keys(propertiesOf(schema));
}

function propertiesOf({ properties }: Arguments): Arguments {
  return isRecord(properties) ? properties : {};
}

function readProperty(properties: Arguments, name: string): Arguments {
  const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isRecord(property) ? property : {};
}

function withoutKeys(values: Arguments, names: readonly string[]): Arguments {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}
