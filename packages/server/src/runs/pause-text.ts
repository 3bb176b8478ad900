/** What a paused run says (contract 5.3). */
import type { PrefixedKind, Requirement, ToolExecution } from "@agentos/contract";

type Need = "confirmation" | "user input" | "external execution";

/** A confirmation outweighs whatever else a call needs, or another call of the same turn. */
const NEEDS: readonly (readonly [need: Need, has: (tool: ToolExecution) => boolean])[] = [
  ["confirmation", (tool) => tool.requires_confirmation === true],
  ["user input", (tool) => tool.requires_user_input === true],
  ["external execution", () => true],
];

const AGENT_TEXTS: Readonly<Record<Need, string>> = {
  confirmation: "I have tools to execute, but I need confirmation.",
  "user input": "I have tools to execute, but I need user input.",
  "external execution": "I have tools to execute, but it needs external execution.",
};

export function pauseText(kind: PrefixedKind, requirements: readonly Requirement[]): string {
  if (kind === "team") return teamPauseText(requirements);
  return AGENT_TEXTS[findNeed(requirements.map(({ tool_execution: tool }) => tool))];
}

function findNeed(tools: readonly ToolExecution[]): Need {
  const found = NEEDS.find(([, has]) => tools.some(has));
  return found === undefined ? "external execution" : found[0];
}

function teamPauseText(requirements: readonly Requirement[]): string {
  const lines = requirements.map(
    ({ member_agent_name: member, tool_execution: tool }) =>
      `- ${member ?? "team"}: ${tool.tool_name} requires ${findNeed([tool])}`,
  );
  return ["Team run paused. The following require input:", ...lines].join("\n");
}
