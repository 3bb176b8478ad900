/**
 * Decisions as the instance reads them: within what it has sent, since a Python AgentOS takes the whole of it for what is to be
 * run; an agent's as `tools`, a team's as `requirements`, a workflow's as `step_requirements`. Pure.
 */
import type { RunnableKind } from "../../lib/runnable-kinds.ts";
import type { Pause } from "./read-pause.ts";
import { nameStep } from "./read-steps.ts";
import { canBeWritten, listOf } from "./read-values.ts";
import type { WaitingTool } from "./read-waiting.ts";

/** What a person has said about one tool call. */
export interface ToolDecision {
  readonly tool_call_id: string;
  readonly confirmed?: boolean;
  readonly confirmation_note?: string;
  readonly tool_args?: Readonly<Record<string, unknown>>;
  readonly result?: string;
  readonly user_input_schema?: readonly FilledField[];
  readonly answered?: boolean;
}

/** What a person has said about one step of a workflow. */
export interface StepDecision {
  readonly step: string;
  readonly confirmed?: boolean;
  readonly rejection_feedback?: string;
  readonly user_input?: Readonly<Record<string, unknown>>;
  readonly selected_choices?: readonly string[];
}

export type Decision = ToolDecision | StepDecision;

interface FilledField {
  readonly name: string;
  readonly value: unknown;
}

type Raw = Readonly<Record<string, unknown>>;

/** As `ContinueInput` takes them. */
export interface EncodedDecisions {
  readonly tools?: readonly Raw[];
  readonly requirements?: readonly Raw[];
  readonly step_requirements?: readonly Raw[];
}

export function encodeDecisions(
  kind: RunnableKind,
  { waiting, source }: Pause,
  decisions: readonly Decision[],
): EncodedDecisions {
  const tools = waiting.flatMap((one): readonly DecidedTool[] => {
    if (one.kind === "step") return [];
    const decision = decisions.filter(isAboutTool).find(({ tool_call_id: id }) => id === one.id);
    return decision === undefined ? [] : [{ asked: one, decision, tool: decideTool(one.source, decision) }];
  });
  if (kind === "agents") return { tools: tools.map(({ tool }) => tool) };
  if (kind === "teams") return { requirements: tools.map(encodeRequirement) };
  const steps = decisions.filter((decision) => "step" in decision);
  return {
    // Those that were answered before go back as they are.
    step_requirements: listOf(source.step_requirements).map((step, at) => {
      const decision = steps.find((one) => one.step === nameStep(at));
      return decision === undefined ? decideWithin(step, tools) : decideStep(step, decision);
    }),
  };
}

interface DecidedTool {
  readonly asked: WaitingTool;
  readonly decision: ToolDecision;
  readonly tool: Raw;
}

function isAboutTool(decision: Decision): decision is ToolDecision {
  return "tool_call_id" in decision;
}

function encodeRequirement({ asked, decision, tool }: DecidedTool): Raw {
  const { confirmed, confirmation_note: note, result, user_input_schema: values } = decision;
  return {
    ...asked.requirement,
    tool_execution: tool,
    ...(confirmed === undefined ? {} : { confirmation: confirmed }),
    ...(note === undefined ? {} : { confirmation_note: note }),
    ...(result === undefined ? {} : { external_execution_result: result }),
    ...(values === undefined ? {} : { user_input_schema: tool["user_input_schema"] }),
  };
}

/** Of what is nested too deeply to be written a no goes alone. */
function decideTool(source: Raw, { user_input_schema: values, ...rest }: ToolDecision): Raw {
  if (values === undefined) return { ...(canBeWritten(source) ? source : {}), ...rest };
  const filled = Object.fromEntries(values.map(({ name, value }) => [name, value]));
  return { ...source, ...rest, user_input_schema: fillSchema(source["user_input_schema"], filled) };
}

/** A step whose agent or team asks: its requirements stand within it. */
function decideWithin(step: Raw, tools: readonly DecidedTool[]): Raw {
  const asked = listOf(step["executor_requirements"]);
  if (asked.length === 0) return step;
  const executor_requirements = asked.map((requirement) => {
    const decided = tools.find((one) => one.asked.requirement === requirement);
    return decided === undefined ? requirement : encodeRequirement(decided);
  });
  return { ...step, executor_requirements };
}

function decideStep(step: Raw, { step: _, ...decision }: StepDecision): Raw {
  const { user_input: input } = decision;
  return input === undefined
    ? { ...step, ...decision }
    : { ...step, ...decision, user_input_schema: fillSchema(step["user_input_schema"], input) };
}

function fillSchema(schema: unknown, values: Raw): readonly Raw[] {
  return listOf(schema).map((field) => {
    const { name } = field;
    return typeof name === "string" && Object.hasOwn(values, name)
      ? { ...field, value: values[name] }
      : field;
  });
}
