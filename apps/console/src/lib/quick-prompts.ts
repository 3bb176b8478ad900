/** Prompts that an instance offers for its agents in `/config`. Its words, so they are bounded. */
import { clip } from "./words.ts";

const MAX_PROMPTS = 6;
const MAX_LENGTH = 300;

/** Those for one agent: `chat.quick_prompts` is a list for each id. */
export function readQuickPrompts(config: unknown, id: string): readonly string[] {
  const prompts = get(get(get(config, "chat"), "quick_prompts"), id);
  if (!Array.isArray(prompts)) return [];
  const texts = prompts
    .filter((prompt) => typeof prompt === "string")
    .map((prompt) => clip(prompt.trim(), MAX_LENGTH))
    .filter((prompt) => prompt !== "");
  return [...new Set(texts)].slice(0, MAX_PROMPTS);
}

function get(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
