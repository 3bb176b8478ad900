/** Whose sessions are listed: those of all agents, of one agent, and the same of teams and workflows where there are some. */
import { KINDS, RUNNABLE_KINDS } from "../../lib/runnable-kinds.ts";
import type { Runnables } from "../../lib/runnables.ts";

/** One of these three, or all of agents; an empty one is all of its kind. */
export interface WhoseSessions {
  readonly agent?: string;
  readonly team?: string;
  readonly workflow?: string;
}

interface Option {
  /** `agents orders`; without an id all of that kind. */
  readonly value: string;
  readonly label: string;
}

export function listOptions(runnables: Runnables): readonly Option[] {
  return RUNNABLE_KINDS.filter((kind) => kind === "agents" || runnables[kind].length > 0).flatMap((kind) => [
    { value: `${kind} `, label: `All ${KINDS[kind].titles.toLowerCase()}` },
    ...runnables[kind].map(({ id, name }) => ({ value: `${kind} ${id}`, label: name })),
  ]);
}

/** The address of a choice. */
export function readChoice(value: string): WhoseSessions {
  const at = value.indexOf(" ");
  const [kind, id] = [value.slice(0, at), value.slice(at + 1)];
  if (kind === "teams") return { team: id };
  if (kind === "workflows") return { workflow: id };
  return id === "" ? {} : { agent: id };
}
