/** Agents of a JSON configuration. Every agent is judged, whatever is wrong with the others. */

import type { Fault } from "@agentos/contract";
import { nearest } from "@agentos/contract/text";
import { createOptionFault, findOptionFaults, formatPath } from "@agentos/guard/app";
import { Agent, type AgentOptions, OFFLINE_MODELS, type OfflineModelName } from "@agentos/server";
import { DEMO_TOOL_NAMES, DEMO_TOOLS } from "../demo/demo-tools.ts";
import { faultsOf } from "../program/failure.ts";
import { createUnavailableFault } from "./config-faults.ts";
import { type AgentConfig, agentSchema, CONFIG_EXAMPLES } from "./config-schema.ts";

export interface BuiltAgents {
  readonly agents: readonly Agent[];
  readonly faults: readonly Fault[];
}

/** Builds what can be built and names what cannot. */
export function buildAgents(configs: readonly unknown[]): BuiltAgents {
  const agents: Agent[] = [];
  const faults: Fault[] = [];
  const firstWithId = new Map<string, number>();
  for (const [index, config] of configs.entries()) {
    const parsed = agentSchema.safeParse(config);
    if (!parsed.success) {
      const prefix = ["agents", index];
      const source = { schema: agentSchema, given: config, prefix, examples: CONFIG_EXAMPLES };
      faults.push(...findOptionFaults(parsed.error, source), ...findOtherFaults(config, index));
      continue;
    }
    const earlier = firstWithId.get(parsed.data.id);
    if (earlier !== undefined) {
      faults.push(
        createOptionFault({
          option: `agents[${index}].id`,
          problem: `is the id of agents[${earlier}] already`,
          suggestion: "give each agent its own id",
        }),
      );
    }
    firstWithId.set(parsed.data.id, earlier ?? index);
    const built = buildAgent(parsed.data, index);
    faults.push(...built.faults);
    // Two of one id are a fault already; the server need not say it again.
    if (earlier === undefined) agents.push(...built.agents);
  }
  return { agents, faults };
}

/** Model and tools of an agent whose form is wrong elsewhere. */
function findOtherFaults(config: unknown, index: number): readonly Fault[] {
  if (typeof config !== "object" || config === null) return [];
  const { model, tools } = config as Readonly<Record<string, unknown>>;
  const names = Array.isArray(tools)
    ? tools.map((name) => (typeof name === "string" && name !== "" ? name : undefined))
    : [];
  return [
    ...(typeof model === "string" && model !== "" ? findModelFaults(model, index) : []),
    ...findToolFaults(names, index),
  ];
}

function buildAgent(config: AgentConfig, index: number): BuiltAgents {
  const faults = [...findModelFaults(config.model, index), ...findToolFaults(config.tools ?? [], index)];
  const { model, script, tools = [], ...rest } = config;
  const options: Record<string, unknown> = {
    ...rest,
    // An agent with another fault is judged with the simplest model, so that everything else about it is said too.
    model: isOfflineModel(model) ? model : "offline:echo",
    tools: [...new Set(tools)].flatMap((name) => (DEMO_TOOLS[name] === undefined ? [] : [DEMO_TOOLS[name]])),
    ...(script === undefined || !isOfflineModel(model) ? {} : { script }),
  };
  try {
    const agent = new Agent(options as unknown as AgentOptions);
    return { agents: faults.length === 0 ? [agent] : [], faults };
  } catch (error) {
    const own = faultsOf(error);
    if (own === undefined) throw error;
    return { agents: [], faults: [...faults, ...own.map((fault) => placeAt(fault, index))] };
  }
}

function findModelFaults(model: string, index: number): readonly Fault[] {
  if (isOfflineModel(model)) return [];
  const option = `agents[${index}].model`;
  const meant = /^(?:offline|echo|script)/i.test(model)
    ? nearest(model.replace(/^(?:offline:?)?/i, "offline:"), OFFLINE_MODELS)
    : undefined;
  if (meant !== undefined || model.startsWith("offline")) {
    return [
      createOptionFault({
        option,
        problem: "is no offline model",
        suggestion: meant === undefined ? `use ${OFFLINE_MODELS.join(" or ")}` : `did you mean "${meant}"?`,
      }),
    ];
  }
  return [
    createUnavailableFault({
      option,
      arrives: "models of a provider arrive in JSON with the runtime release",
      suggestion: `use ${OFFLINE_MODELS.map((name) => `"${name}"`).join(" or ")}, which need no provider; or write the configuration as .ts, where a real model is passed as an object of the AI SDK: new Agent({ id: "my-agent", model: openai("MODEL") })`,
    }),
  ];
}

function findToolFaults(tools: readonly (string | undefined)[], index: number): readonly Fault[] {
  return tools.flatMap((name, position) => {
    if (name === undefined || DEMO_TOOL_NAMES.includes(name)) return [];
    const meant = nearest(name, DEMO_TOOL_NAMES);
    const suggestion =
      meant === undefined
        ? `use some of ${DEMO_TOOL_NAMES.join(", ")}; tools of your own need a .ts configuration`
        : `did you mean "${meant}"?`;
    const option = formatPath(["agents", index, "tools", position]);
    return [createOptionFault({ option, problem: "is no demo tool", suggestion })];
  });
}

/** The agent's own fault at its place in the file, which says whose it is. */
function placeAt({ code, at, facts: { of: _, ...facts }, severity }: Fault, index: number): Fault {
  return { code, at: [`agents[${index}]`, ...(at === undefined ? [] : [at])].join("."), facts, severity };
}

function isOfflineModel(model: string): model is OfflineModelName {
  return (OFFLINE_MODELS as readonly string[]).includes(model);
}
