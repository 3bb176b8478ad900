/** Prompts that an instance offers for its agents in `/config`. Its words, so they are bounded. */

import { showHidden } from "./hidden-text.ts";
import { readMember } from "./strangers-names.ts";
import { clip } from "./words.ts";

const MAX_PROMPTS = 6;
const MAX_LENGTH = 300;

/** Those for one agent: `chat.quick_prompts` is a list for each id. */
export function readQuickPrompts(config: unknown, id: string): readonly string[] {
  const prompts = readMember(readMember(readMember(config, "chat"), "quick_prompts"), id);
  if (!Array.isArray(prompts)) return [];
  const texts = prompts
    .filter((prompt) => typeof prompt === "string")
    .map((prompt) => clip(showHidden(clip(prompt.trim(), MAX_LENGTH)), MAX_LENGTH))
    .filter((prompt) => prompt !== "");
  return [...new Set(texts)].slice(0, MAX_PROMPTS);
}
