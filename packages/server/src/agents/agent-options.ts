/** The options of an Agent, checked once. Unknown keys are refused, and every fault is named at once. */

import { isRecord } from "@agentos/contract";
import { ConfigurationError, type Fault } from "@agentos/guard";
import { createOptionFault, findOptionFaults, type OptionSource } from "@agentos/guard/app";
import { z } from "zod";
import { DEFAULT_HISTORY_POLICY } from "../runs/history-limits.ts";
import type { Tool } from "./define-tool.ts";
import { MEMORY_TOOL_NAMES } from "./memory-tools.ts";
import { OFFLINE_MODELS, type OfflineModelName } from "./model.ts";
import { type OfflineScript, offlineScriptSchema } from "./offline-script.ts";
import { describeNoModel, isModelObject, MODEL_VERSIONS, type ModelObject } from "./provider/model-object.ts";
import type { ProviderOptions } from "./provider/prompt.ts";

/** Options of {@link Agent}: checked once, unknown ones refused. */
export interface AgentOptions {
  /** In URLs and scopes (`agents:ID:run`): letters, digits, `.`, `_`, `-`; at most 128. Default none: it is required. */
  readonly id: string;
  /** For people. Default: the id. */
  readonly name?: string;
  /**
   * A model object of an AI SDK provider package (interface V4, V3 or V2), or `offline:echo` or `offline:script`. Default
   * none: it is required.
   */
  readonly model: ModelObject | OfflineModelName;
  /** What the model says; only with `offline:script`. Default none. */
  readonly script?: OfflineScript;
  /** What the model is told before the user speaks; shown by `GET /agents/{id}`. A list becomes one line each. Default none. */
  readonly instructions?: string | readonly string[];
  /** What the agent is for; shown by `GET /agents/{id}` and `GET /config`. Default none. */
  readonly description?: string;
  /** What a web UI offers to ask it, with one click: at most 3, of at most 300 characters; shown by `GET /config`. Default none. */
  readonly quickPrompts?: readonly string[];
  /** What the model may call, from `tool()`. Default none. */
  readonly tools?: readonly Tool[];
  /** Tool calls in one run; what is over is answered with an error. Default: no limit but that on model requests. */
  readonly toolCallLimit?: number;
  /**
   * How often a run in the background may be begun in all, where the server that runs it stops: the next attempt begins
   * with what was asked, on any server, and its tools do again what they did. 1 to 10. Default 1: the run ends as
   * interrupted.
   */
  readonly maxAttempts?: number;
  /** Shown with the agent. Default none. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Give the model earlier runs of the session. Default false. */
  readonly addHistoryToContext?: boolean;
  /** How many of them, the newest, 1 to 100. Default 3. */
  readonly numHistoryRuns?: number;
  /**
   * How large they may be together: bytes of their texts, tool calls and provider's data, 1 to 16777216. A run is given
   * whole or not at all, so a newest run that is larger leaves none. Default 262144 (256 KiB).
   */
  readonly maxHistoryBytes?: number;
  /** The same in tokens, estimated as four characters each. Default: no limit but that on bytes. */
  readonly maxHistoryTokens?: number;
  /**
   * What becomes of runs that do not fit: `drop` leaves them out; `summarize` has this agent's model renew the session's
   * summary after the answer, one request more, and gives the summary to the model with the runs that fit. Shown as
   * `enable_session_summaries` by `GET /agents/{id}`. Needs `addHistoryToContext`. Default `drop`.
   */
  readonly historyOverflow?: "drop" | "summarize";
  /**
   * Give the model tools to add, change and delete memories of its user while it answers. With it, or with
   * `updateMemoryOnRun`, the model is told what is remembered. A run of nobody has no memories. Default false.
   */
  readonly enableAgenticMemory?: boolean;
  /** After the answer, ask the model what to remember of what the user said: one request more. Default false. */
  readonly updateMemoryOnRun?: boolean;
  /**
   * How often a model request that could not start (429, 408, 409, 5xx, network) is made again, by the agent itself: the
   * provider's packages do not retry. Waits 2 seconds, then twice as long each time, or as `Retry-After` says; when that
   * is more than a minute, the run fails at once. 0 to 10. Default 2.
   */
  readonly maxRetries?: number;
  /** Handed to the provider with each request, under its name: `{ openai: { store: false } }`. Default none. */
  readonly providerOptions?: ProviderOptions;
}

export const DEFAULT_HISTORY_RUNS = 3;
const MAX_HISTORY_BYTES = 16 * 1024 * 1024;
const DEFAULT_MAX_RETRIES = 2;

const SCRIPT =
  '{ "steps": [{ "text": "Let me see. ", "toolCalls": [{ "name": "get_time", "args": {} }] }, { "text": "Done." }] }';

const TOOL =
  'tool({ name: "get_time", description: "Tells the time", parameters: z.object({}), execute: () => new Date().toISOString() })';

const isTool = (value: unknown): value is Tool =>
  typeof value === "object" &&
  value !== null &&
  "name" in value &&
  typeof value.name === "string" &&
  "call" in value &&
  typeof value.call === "function";

/** As many as the Python server takes. */
const MAX_QUICK_PROMPTS = 3;
/** UTF-16 units of one. */
const MAX_QUICK_PROMPT_LENGTH = 300;

export const quickPromptsSchema = z
  .array(z.string().trim().min(1).max(MAX_QUICK_PROMPT_LENGTH))
  .max(MAX_QUICK_PROMPTS);

/** What of its users an agent gives its model again. A JSON configuration has the same options. */
export const rememberingOptionsShape = {
  addHistoryToContext: z.boolean().default(false),
  numHistoryRuns: z.number().int().min(1).max(100).default(DEFAULT_HISTORY_RUNS),
  maxHistoryBytes: z.number().int().min(1).max(MAX_HISTORY_BYTES).default(DEFAULT_HISTORY_POLICY.maxBytes),
  maxHistoryTokens: z.number().int().min(1).optional(),
  historyOverflow: z.enum(["drop", "summarize"]).default(DEFAULT_HISTORY_POLICY.overflow),
  enableAgenticMemory: z.boolean().default(false),
  updateMemoryOnRun: z.boolean().default(false),
};

const schema = z.strictObject({
  id: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
      'may only have letters, digits, ".", "_" and "-", the first a letter or digit, at most 128',
    ),
  name: z.string().min(1).max(256).optional(),
  model: z.union([z.enum(OFFLINE_MODELS), z.custom<ModelObject>(isModelObject)]),
  script: offlineScriptSchema.optional(),
  instructions: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  quickPrompts: quickPromptsSchema.optional(),
  tools: z.array(z.custom<Tool>(isTool, 'is not a tool; make one with "tool()"')).optional(),
  toolCallLimit: z.number().int().min(0).optional(),
  maxAttempts: z.number().int().min(1).max(10).default(1),
  metadata: z.record(z.string(), z.unknown()).optional(),
  ...rememberingOptionsShape,
  maxRetries: z.number().int().min(0).max(10).default(DEFAULT_MAX_RETRIES),
  providerOptions: z.record(z.string(), z.record(z.string(), z.json())).optional(),
});

export type CheckedAgentOptions = z.output<typeof schema>;

const createSource = (options: unknown): OptionSource => ({
  schema,
  given: options,
  words: {
    model: {
      problem: `is not a model that this version can use: ${describeNoModel(readOption(options, "model"))}`,
      suggestion: `pass a model object of an AI SDK provider package with the "specificationVersion" ${MODEL_VERSIONS}, such as openai("MODEL"), or ${OFFLINE_MODELS.map((name) => `"${name}"`).join(" or ")}`,
    },
    script: {
      problem: "must be an object that says what the model answers",
      suggestion: `write "script": ${SCRIPT}`,
      form: SCRIPT,
    },
  },
  examples: {
    instructions: '"Be brief."',
    quickPrompts: '["What can you do?"]',
    "quickPrompts[]": '"What can you do?"',
    steps: '[{ "text": "Hello" }]',
    "steps[]": '{ "text": "Hello" }',
    tools: `[${TOOL}]`,
    "tools[]": TOOL,
  },
});

/** Throws a {@link ConfigurationError} with every fault. */
export function checkAgentOptions(options: unknown): CheckedAgentOptions {
  const result = schema.safeParse(options);
  const faults = result.success
    ? findContradictions(result.data)
    : findOptionFaults(result.error, createSource(options));
  if (!result.success || faults.length > 0)
    throw new ConfigurationError({ faults: faults.map((fault) => nameAgent(fault, options)) });
  return result.data;
}

function readOption(options: unknown, name: string): unknown {
  return isRecord(options) ? options[name] : undefined;
}

/** In a file with several agents, which one is it? */
function nameAgent(fault: Fault, options: unknown): Fault {
  const id = readOption(options, "id");
  const name = typeof id === "string" && id !== "" ? JSON.stringify(id.slice(0, 128)) : "without an id";
  return { ...fault, facts: { ...fault.facts, of: `agent ${name}` } };
}

/** Options that are in order, each by itself. */
function findContradictions(options: CheckedAgentOptions): readonly Fault[] {
  const faults: Fault[] = [];
  if (options.model === "offline:script" && options.script === undefined) {
    faults.push(
      createOptionFault({
        option: "script",
        problem: 'is required with the model "offline:script"',
        suggestion: `add "script": ${SCRIPT}`,
      }),
    );
  }
  if (options.model !== "offline:script" && options.script !== undefined) {
    faults.push(
      createOptionFault({
        option: "script",
        problem: 'is only for the model "offline:script"',
        suggestion: 'remove it, or set "model": "offline:script"',
      }),
    );
  }
  if (options.historyOverflow === "summarize" && !options.addHistoryToContext) {
    faults.push(
      createOptionFault({
        option: "historyOverflow",
        problem: 'is "summarize", and the model is given no earlier runs',
        suggestion: 'add "addHistoryToContext": true',
      }),
    );
  }
  const names = (options.tools ?? []).map((tool) => tool.name);
  for (const name of options.enableAgenticMemory ? MEMORY_TOOL_NAMES : []) {
    if (!names.includes(name)) continue;
    faults.push(
      createOptionFault({
        option: "tools",
        problem: `has a tool named "${name}", which "enableAgenticMemory" brings itself`,
        suggestion: 'rename the tool, or remove "enableAgenticMemory"',
      }),
    );
  }
  for (const name of new Set(names.filter((candidate, index) => names.indexOf(candidate) !== index))) {
    faults.push(
      createOptionFault({
        option: "tools",
        problem: `has two tools named "${name}"`,
        suggestion: "rename one of them",
      }),
    );
  }
  return faults;
}
