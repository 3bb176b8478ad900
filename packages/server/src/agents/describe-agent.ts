/** An agent as the wire shows it (contract 4.2): what equals a default, or is not set, is left out. */
import type { AgentObject, AgentTool } from "@agentos/contract";
import type { ModelIdentity } from "../runs/runnable.ts";
import { type CheckedAgentOptions, DEFAULT_HISTORY_RUNS } from "./agent-options.ts";
import type { Tool } from "./define-tool.ts";

export function describeAgent(name: string, model: ModelIdentity, options: CheckedAgentOptions): AgentObject {
  const { id, description, metadata, instructions } = options;
  const tools = withoutEmpty({
    tools:
      options.tools === undefined || options.tools.length === 0 ? undefined : options.tools.map(describeTool),
    tool_call_limit: options.toolCallLimit,
  });
  const sessions = withoutEmpty({
    add_history_to_context: options.addHistoryToContext ? true : undefined,
    enable_session_summaries: options.historyOverflow === "summarize" ? true : undefined,
    num_history_runs: options.numHistoryRuns === DEFAULT_HISTORY_RUNS ? undefined : options.numHistoryRuns,
  });
  const memory = withoutEmpty({
    enable_agentic_memory: options.enableAgenticMemory ? true : undefined,
    update_memory_on_run: options.updateMemoryOnRun ? true : undefined,
  });
  const systemMessage = withoutEmpty({ description, instructions });
  return {
    id,
    name,
    ...(description === undefined ? {} : { description }),
    is_factory: false,
    model: { name: modelLabel(model), model: model.id, provider: model.provider },
    ...(tools === undefined ? {} : { tools }),
    ...(sessions === undefined ? {} : { sessions }),
    ...(memory === undefined ? {} : { memory }),
    ...(systemMessage === undefined ? {} : { system_message: systemMessage }),
    ...(metadata === undefined ? {} : { metadata }),
    is_component: false,
  };
}

function describeTool(tool: Tool): AgentTool {
  return {
    name: tool.name,
    description: tool.description,
    parameters: { ...tool.parameters },
    ...(tool.requiresConfirmation ? { requires_confirmation: true } : {}),
    ...(tool.externalExecution ? { external_execution: true } : {}),
  };
}

/** The contract's class label has no twin in the AI SDK; the provider's name with a capital is what people expect. */
function modelLabel(model: ModelIdentity): string {
  return model.provider.charAt(0).toUpperCase() + model.provider.slice(1);
}

function withoutEmpty<Values extends Record<string, unknown>>(
  values: Values,
): { [K in keyof Values]?: Exclude<Values[K], undefined> } | undefined {
  const kept: { [K in keyof Values]?: Exclude<Values[K], undefined> } = {};
  let isEmpty = true;
  for (const key in values) {
    const value = values[key];
    if (value === undefined) continue;
    kept[key] = value as Exclude<Values[typeof key], undefined>;
    isEmpty = false;
  }
  return isEmpty ? undefined : kept;
}
