/** Kinds of what can be run, as texts for people begin with them (contract 4.5). */
import type { RunnableKind } from "@agentos/contract";

export const KIND_NAMES = {
  agent: "Agent",
  team: "Team",
  workflow: "Workflow",
} as const satisfies Record<RunnableKind, string>;
