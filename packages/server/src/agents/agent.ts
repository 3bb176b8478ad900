import type { AgentObject } from "@agentos/contract";
import { redactTokens } from "@agentos/guard";
import type { HistoryPolicy } from "../runs/history-limits.ts";
import type {
  ModelIdentity,
  RunContext,
  RunInput,
  Runnable,
  RunnableMemory,
  RunnablePauses,
} from "../runs/runnable.ts";
import type { RunStep } from "../runs/steps.ts";
import { FIRST_RETRY_DELAY, MAX_RETRY_DELAY } from "./agent-limits.ts";
import { createAgentMemory } from "./agent-memory.ts";
import { type AgentOptions, checkAgentOptions } from "./agent-options.ts";
import { askOutsideOfRun } from "./ask-outside-of-run.ts";
import { describeAgent } from "./describe-agent.ts";
import { resolveModel, summarizeModel } from "./model.ts";
import type { RetryPolicy } from "./provider/retry.ts";
import { sleepByTimer } from "./provider/sleep.ts";
import { rememberAfter } from "./remember-after.ts";
import { type AgentLoop, runAgent } from "./run-agent.ts";
import { summarizeAfter } from "./summarize-session.ts";

/**
 * An agent on a model of the AI SDK's provider interface: a model with instructions and tools. Holds no state of a run, so any number run at once.
 * Throws `ConfigurationError` with every fault: `CONFIG_OPTION_UNKNOWN`, `CONFIG_OPTION_INVALID`.
 *
 * @example
 * new Agent({ id: "greeter", model: "offline:echo", instructions: "Be brief." });
 */
export class Agent implements Runnable<"agent"> {
  readonly kind = "agent";
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly model: ModelIdentity;
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  readonly quickPrompts: readonly string[] | undefined;
  readonly historyRuns: number;
  readonly historyPolicy: HistoryPolicy;
  readonly memory: RunnableMemory;
  readonly pauses: RunnablePauses;
  readonly maxAttempts: number;
  readonly #loop: AgentLoop;
  readonly #description: AgentObject;

  /** Checks the options. Reads no environment: a model object brings its own key. */
  constructor(options: AgentOptions) {
    const checked = checkAgentOptions(options);
    const model = resolveModel(checked.model, checked.script);
    this.id = checked.id;
    this.name = checked.name ?? checked.id;
    this.description = checked.description;
    this.model = Object.freeze(summarizeModel(model));
    this.metadata = checked.metadata;
    this.quickPrompts = checked.quickPrompts;
    this.historyRuns = checked.addHistoryToContext ? checked.numHistoryRuns : 0;
    this.historyPolicy = Object.freeze({
      maxBytes: checked.maxHistoryBytes,
      maxTokens: checked.maxHistoryTokens,
      overflow: checked.historyOverflow,
    });
    this.maxAttempts = checked.maxAttempts;
    const tools = new Map((checked.tools ?? []).map((tool) => [tool.name, tool]));
    const memory = createAgentMemory(checked, tools);
    this.#loop = Object.freeze({
      model,
      instructions: joinInstructions(checked.instructions),
      tools,
      memory,
      toolCallLimit: checked.toolCallLimit,
      providerOptions: checked.providerOptions,
      retry: createRetryPolicy(checked.maxRetries),
    });
    const askModel: RunnableMemory["askModel"] = (question, runtime) =>
      askOutsideOfRun(this.#loop, question, runtime);
    this.memory = Object.freeze({ isOn: memory !== undefined, askModel });
    this.pauses = Object.freeze({
      editableArguments: (name: string) => tools.get(name)?.editableArguments ?? [],
      findArgumentProblem: async (name: string, args: unknown) =>
        // A tool that the agent no longer has answers for itself, in the run.
        tools.get(name)?.findArgumentProblem(args),
    });
    this.#description = describeAgent(this.name, this.model, checked);
    Object.freeze(this);
  }

  describe(): AgentObject {
    return structuredClone(this.#description);
  }

  run(input: RunInput, context: RunContext): AsyncIterable<RunStep> {
    const loop = this.#loop;
    const { memory } = loop;
    const answer = runAgent(loop, input, context);
    const steps =
      memory?.isUpdated === true ? rememberAfter(answer, { loop, memory, input }, context) : answer;
    if (this.historyPolicy.overflow === "drop") return steps;
    const limits = { ...this.historyPolicy, maxRuns: this.historyRuns };
    return summarizeAfter(steps, { loop, limits, input }, context);
  }
}

function joinInstructions(instructions: string | readonly string[] | undefined): string | undefined {
  if (instructions === undefined) return undefined;
  const text =
    typeof instructions === "string" ? instructions : instructions.map((line) => `- ${line}`).join("\n");
  return text === "" ? undefined : redactTokens(text);
}

function createRetryPolicy(maxRetries: number): RetryPolicy {
  return {
    maxRetries,
    firstDelay: FIRST_RETRY_DELAY,
    maxDelay: MAX_RETRY_DELAY,
    sleep: sleepByTimer,
    random: Math.random,
  };
}
