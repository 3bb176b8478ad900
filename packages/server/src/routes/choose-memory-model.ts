/** Which model merges memories: that of an agent here, never any that a caller may think of. */
import { type Access, fail, ok, type Result, visibleItems } from "@agentos/auth";
import { type InputFault, inputFault } from "@agentos/guard/app";
import type { ModelIdentity, Runnable, RunnableMemory } from "../runs/runnable.ts";
import { filterVisible } from "./filter-visible.ts";

const nameOf = ({ provider, id }: ModelIdentity) => `${provider}:${id}`;

/**
 * `name` is `provider:id` of the model of an agent that the caller may read; without it the model of the first agent
 * with memory is taken, whoever may read that one.
 */
export function chooseMemoryModel(
  agents: readonly Runnable[],
  name: string | undefined,
  { identity, decision }: Pick<Access, "identity" | "decision">,
): Result<RunnableMemory, InputFault> {
  if (name === undefined) {
    const first = agents.find(({ memory }) => memory?.isOn === true)?.memory;
    return first === undefined
      ? fail(inputFault(400, 'No agent has memory on: name a model as "provider:id" in "model"'))
      : ok(first);
  }
  // Without a scope decision (security key, or scopes not enforced) nothing is hidden.
  const visible = decision === undefined ? "all" : visibleItems(identity.grants, "agents", "read");
  const readable = filterVisible(agents, visible).filter(({ memory }) => memory !== undefined);
  const found = readable.find(({ model }) => nameOf(model) === name)?.memory;
  if (found !== undefined) return ok(found);
  const known = [...new Set(readable.map(({ model }) => nameOf(model)))];
  const which = known.length === 0 ? "you may read no agent" : `models are ${known.join(", ")}`;
  return fail(inputFault(400, `No agent has this model; ${which}`));
}
