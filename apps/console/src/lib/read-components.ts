/** Agents, teams and workflows of an instance as cards: its words, bounded. What has no id is left out. */
import { showHidden } from "./hidden-text.ts";
import { isUsableId, readMember } from "./strangers-names.ts";
import { clip } from "./words.ts";

export interface Component {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly model: string | undefined;
  /** It answers without a model: it says back what it is told, or follows a script. */
  readonly isScripted: boolean;
  readonly toolCount: number;
}

const MAX_COMPONENTS = 200;

export function readComponents(list: unknown): readonly Component[] {
  if (!Array.isArray(list)) return [];
  const found = new Map<string, Component>();
  for (const value of list.slice(0, MAX_COMPONENTS)) {
    const id = readMember(value, "id");
    if (!isUsableId(id)) continue;
    const name = readMember(value, "name");
    const model =
      readMember(readMember(value, "model"), "model") ?? readMember(readMember(value, "model"), "id");
    const tools = readMember(readMember(value, "tools"), "tools");
    found.set(id, {
      id,
      name: readText(name, 80) ?? clip(id, 80),
      description: readText(readMember(value, "description"), 400),
      model: readText(model, 60),
      isScripted: readMember(readMember(value, "model"), "provider") === "offline",
      toolCount: Array.isArray(tools) ? tools.length : 0,
    });
  }
  return [...found.values()];
}

function readText(value: unknown, maxLength: number): string | undefined {
  return typeof value === "string" && value.trim() !== ""
    ? clip(showHidden(clip(value.trim(), maxLength)), maxLength)
    : undefined;
}
