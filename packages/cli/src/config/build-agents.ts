/** Agents of a JSON configuration. Every agent is judged, whatever is wrong with the others. */

import { nearest } from "@agentos/contract/text";
import { type ConfigurationFault } from "@agentos/guard";
import { Agent, type AgentOptions, OFFLINE_MODELS, type OfflineModelName } from "@agentos/server";
import { DEMO_TOOL_NAMES, DEMO_TOOLS } from "../demo/demo-tools.ts";
import { faultsOf } from "../program/failure.ts";
import { formatPath, invalidOption, schemaFaults, unavailableOption } from "./config-faults.ts";
import { type AgentConfig, agentSchema } from "./config-schema.ts";

export interface BuiltAgents {
  readonly agents: readonly Agent[];
  readonly faults: readonly ConfigurationFault[];
}

/** Builds what can be built and names what cannot. */
export function buildAgents(configs: readonly unknown[]): BuiltAgents {
  const agents: Agent[] = [];
  const faults: ConfigurationFault[] = [];
  const firstWithId = new Map<string, number>();
  for (const [index, config] of configs.entries()) {
    const parsed = agentSchema.safeParse(config);
    if (!parsed.success) {
      faults.push(...schemaFaults(parsed.error, ["agents", index]), ...judgeWhatCanBe(config, index));
      continue;
    }
    const earlier = firstWithId.get(parsed.data.id);
    if (earlier !== undefined) {
      faults.push(
        invalidOption(
          `agents[${index}].id`,
          `is the id of agents[${earlier}] already`,
          "give each agent its own id",
        ),
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
function judgeWhatCanBe(config: unknown, index: number): readonly ConfigurationFault[] {
  if (typeof config !== "object" || config === null) return [];
  const { model, tools } = config as Readonly<Record<string, unknown>>;
  const names = Array.isArray(tools)
    ? tools.map((name) => (typeof name === "string" && name !== "" ? name : undefined))
    : [];
  return [
    ...(typeof model === "string" && model !== "" ? judgeModel(model, index) : []),
    ...judgeTools(names, index),
  ];
}

function buildAgent(config: AgentConfig, index: number): BuiltAgents {
  const faults = [...judgeModel(config.model, index), ...judgeTools(config.tools ?? [], index)];
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

function judgeModel(model: string, index: number): readonly ConfigurationFault[] {
  if (isOfflineModel(model)) return [];
  const option = `agents[${index}].model`;
  const meant = /^(?:offline|echo|script)/i.test(model)
    ? nearest(model.replace(/^(?:offline:?)?/i, "offline:"), OFFLINE_MODELS)
    : undefined;
  if (meant !== undefined || model.startsWith("offline")) {
    return [
      invalidOption(
        option,
        "is no offline model",
        meant === undefined ? `use ${OFFLINE_MODELS.join(" or ")}` : `did you mean "${meant}"?`,
      ),
    ];
  }
  return [
    unavailableOption(
      option,
      "models of a provider arrive in JSON with the runtime release",
      `use ${OFFLINE_MODELS.map((name) => `"${name}"`).join(" or ")}, which need no provider; or write the configuration as .ts, where a real model is passed as an object of the AI SDK: new Agent({ id: "…", model: openai("MODEL") })`,
    ),
  ];
}

function judgeTools(tools: readonly (string | undefined)[], index: number): readonly ConfigurationFault[] {
  return tools.flatMap((name, position) => {
    if (name === undefined || DEMO_TOOL_NAMES.includes(name)) return [];
    const meant = nearest(name, DEMO_TOOL_NAMES);
    const fix =
      meant === undefined
        ? `use some of ${DEMO_TOOL_NAMES.join(", ")}; tools of your own need a .ts configuration`
        : `did you mean "${meant}"?`;
    return [invalidOption(formatPath(["agents", index, "tools", position]), "is no demo tool", fix)];
  });
}

/** The agent's own words with the place inside the file. */
function placeAt(fault: ConfigurationFault, index: number): ConfigurationFault {
  if (fault.at === undefined) return { ...fault, at: `agents[${index}]` };
  const at = `agents[${index}].${fault.at.replace(/\.(\d+)(?=\.|$)/g, "[$1]")}`;
  // The place says which agent it is; the words before it say the same.
  const place = `"${fault.at}"`;
  const rest = fault.message.slice(fault.message.indexOf(place) + place.length);
  return { ...fault, message: `"${at}"${rest}`, at };
}

function isOfflineModel(model: string): model is OfflineModelName {
  return (OFFLINE_MODELS as readonly string[]).includes(model);
}
