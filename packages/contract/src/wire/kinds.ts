/** Kinds of what can be run, and what the wire calls them (contract 5.2, 5.3). */

/** By kind: the keys of its id and its name, and what stands before the names of the agent's events. */
export const RUNNABLE_KINDS = {
  agent: { idKey: "agent_id", nameKey: "agent_name", eventPrefix: "" },
  team: { idKey: "team_id", nameKey: "team_name", eventPrefix: "Team" },
  /** Has events of another make (contract 5.4), which arrive with workflows. */
  workflow: { idKey: "workflow_id", nameKey: "workflow_name", eventPrefix: undefined },
} as const;

/** A kind of what can be run. */
export type RunnableKind = keyof typeof RUNNABLE_KINDS;

/** The kinds whose runs have the agent's events and output, under names of their own. */
export type PrefixedKind = {
  [Kind in RunnableKind]: (typeof RUNNABLE_KINDS)[Kind]["eventPrefix"] extends string ? Kind : never;
}[RunnableKind];
