/**
 * Decisions as the instance reads them: within the tool call that it has sent, since a Python AgentOS takes the whole of it for
 * what is to be run; an agent's as `tools`, a team's as `requirements`. Pure.
 */
import type { RunnableKind } from "../../lib/runnable-kinds.ts";
import { isObject, listOf } from "./read-values.ts";
import type { WaitingTool } from "./read-waiting.ts";

/** What a person has said about one tool call. */
export interface Decision {
  readonly tool_call_id: string;
  readonly confirmed?: boolean;
  readonly confirmation_note?: string;
  readonly tool_args?: Readonly<Record<string, unknown>>;
  readonly result?: string;
  readonly user_input_schema?: readonly { readonly name: string; readonly value: unknown }[];
  readonly answered?: boolean;
}

type Raw = Readonly<Record<string, unknown>>;

export function encodeDecisions(
  kind: RunnableKind,
  waiting: readonly WaitingTool[],
  decisions: readonly Decision[],
): { readonly tools?: readonly Raw[]; readonly requirements?: readonly Raw[] } {
  const decided = decisions.map((decision) => {
    const asked = waiting.find(({ id }) => id === decision.tool_call_id);
    return { decision, requirement: asked?.requirement, tool: merge(asked?.source ?? {}, decision) };
  });
  if (kind !== "teams") return { tools: decided.map(({ tool }) => tool) };
  return {
    requirements: decided.map(({ decision, requirement = {}, tool }) => ({
      ...requirement,
      tool_execution: tool,
      ...(decision.confirmed === undefined ? {} : { confirmation: decision.confirmed }),
      ...(decision.confirmation_note === undefined ? {} : { confirmation_note: decision.confirmation_note }),
      ...(decision.result === undefined ? {} : { external_execution_result: decision.result }),
      ...(decision.user_input_schema === undefined ? {} : { user_input_schema: tool["user_input_schema"] }),
    })),
  };
}

function merge(source: Raw, decision: Decision): Raw {
  const { user_input_schema: values, ...rest } = decision;
  if (values === undefined) return { ...(canBeWritten(source) ? source : {}), ...rest };
  const asked = listOf(source["user_input_schema"]);
  const filled = values.map(({ name, value }) => ({
    ...asked.find((field) => isObject(field) && field["name"] === name),
    name,
    value,
  }));
  return { ...source, ...rest, user_input_schema: filled };
}

/** What is nested too deeply can be read, and not written: then a no goes without it. */
function canBeWritten(source: Raw): boolean {
  try {
    JSON.stringify(source);
    return true;
  } catch {
    return false;
  }
}
