/** The arguments of a tool call: a model writes JSON text, and nothing but a JSON object is handed on. */
import { isRecord } from "@agentos/contract";
import { holdsPrototypeKey } from "../runs/prototype-keys.ts";

/** The arguments; undefined when the text is no JSON object. Some models write nothing for a tool without parameters. */
export function readArguments(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isRecord(value) && !holdsPrototypeKey(value) ? value : undefined;
}
