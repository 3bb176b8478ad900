// docs/reference/agent-options.md: every option of an agent and of a tool, from the TSDoc of the declared types.
import { join } from "node:path";
import { anchor, EDITION, GENERATED } from "./markdown.ts";
import { declaredTable } from "./options-page.ts";
import { readMembers } from "./read-tsdoc.ts";

const agents = (file: string) => join(import.meta.dirname, "../../packages/server/src/agents", file);

export function agentOptionsPage(): string {
  return [
    `${GENERATED}# Options of agents and tools`,
    `${EDITION} How they work together is told in [write an agent](../agents.md). Options are checked once, when the agent or the tool is made: an unknown or impossible one is refused, and every fault is named at once.`,
    "## `new Agent(options)`",
    declaredTable(readMembers(agents("agent-options.ts"), "AgentOptions")),
    `${anchor("tool-options")}\n## \`tool(options)\``,
    declaredTable(readMembers(agents("define-tool.ts"), "ToolOptions")),
    "",
  ].join("\n\n");
}
