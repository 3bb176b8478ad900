/**
 * Steps of a workflow that wait for a person: a yes, values, a way to go, or the tool calls of whoever does the step. The
 * instance's words, bounded; what cannot be shown whole, or sent back, is not asked here. Pure.
 */
import { canBeWritten, isObject, listOf, nameOf, TURN_LIMITS, textOf } from "./read-values.ts";
import { type InputField, readFields, readWaiting, type WaitingTool } from "./read-waiting.ts";

/** A step that a person has to decide about. */
export interface WaitingStep {
  readonly kind: "step";
  /** Its place: earlier ones of the same run stand before it. */
  readonly id: string;
  readonly name: string;
  /** What the workflow says about it. */
  readonly message: string;
  /** What the step has made, where that is looked at before it is used. */
  readonly output: string | undefined;
  readonly needsYes: boolean;
  /** What a no does, in the words of the wire: `skip`, `cancel`, `else`, `retry`. */
  readonly onReject: string;
  readonly fields: readonly InputField[];
  /** Names of the steps that may come next; empty where it is not about that. */
  readonly choices: readonly string[];
  readonly isMultiple: boolean;
}

type RawStep = Readonly<Record<string, unknown>>;

const MAX_CHOICES = 50;

export function nameStep(at: number): string {
  return `step ${at}`;
}

/** Those that still wait. None at all where one of them cannot be answered here: they are sent together. */
export function readSteps(steps: readonly RawStep[]): readonly (WaitingTool | WaitingStep)[] {
  const waiting: (WaitingTool | WaitingStep)[] = [];
  for (const [at, step] of steps.entries()) {
    const asked =
      step["requires_executor_input"] === true
        ? readWaiting({ tools: [], requirements: step["executor_requirements"] })
        : readStep(step, at);
    if (asked === undefined) return [];
    waiting.push(...asked);
  }
  const isDistinct = new Set(waiting.map(({ id }) => id)).size === waiting.length;
  return isDistinct && waiting.length <= TURN_LIMITS.maxWaiting && canBeWritten(steps) ? waiting : [];
}

/** Empty for one that was answered; undefined for one that no form fits. */
function readStep(step: RawStep, at: number): readonly WaitingStep[] | undefined {
  const isReviewed = step["requires_output_review"] === true;
  const needsYes =
    (isReviewed || step["requires_confirmation"] === true) && (step["confirmed"] ?? null) === null;
  const needsInput = step["requires_user_input"] === true && !isFilled(step);
  const needsChoice = step["requires_route_selection"] === true && !isChosen(step);
  if (!needsYes && !needsInput && !needsChoice) return [];
  const fields = needsInput ? readFields(step["user_input_schema"]) : [];
  const choices = needsChoice ? readChoices(step["available_choices"]) : [];
  if (needsInput && fields.length === 0) return undefined;
  if (needsChoice && choices.length === 0) return undefined;
  const output = needsYes && isReviewed ? readOutput(step["step_output"]) : undefined;
  const message = sayWhatIsAsked(step, { isReviewed, needsInput: needsInput || needsChoice, needsYes });
  if (message.length + (output?.length ?? 0) > TURN_LIMITS.maxToolText) return undefined;
  return [
    {
      kind: "step",
      id: nameStep(at),
      name: nameOf(step["step_name"]) ?? nameOf(step["step_id"]) ?? "unnamed step",
      message,
      output,
      needsYes,
      onReject: textOf(step["on_reject"]),
      fields,
      choices,
      isMultiple: step["allow_multiple_selections"] === true,
    },
  ];
}

function sayWhatIsAsked(
  step: RawStep,
  asked: { readonly isReviewed: boolean; readonly needsYes: boolean; readonly needsInput: boolean },
): string {
  const messages = [
    asked.needsYes ? step[asked.isReviewed ? "output_review_message" : "confirmation_message"] : "",
    asked.needsInput ? step["user_input_message"] : "",
  ];
  return messages
    .map(textOf)
    .filter((text) => text !== "")
    .join("\n\n");
}

function readOutput(value: unknown): string {
  return textOf(isObject(value) ? value["content"] : value);
}

function isFilled({ user_input_schema: schema, user_input: input }: RawStep): boolean {
  const fields = listOf(schema);
  if (fields.length === 0) return isObject(input) && Object.keys(input).length > 0;
  return fields.every(({ required, value }) => required === false || (value ?? null) !== null);
}

function isChosen({ selected_choices: selected }: RawStep): boolean {
  return Array.isArray(selected) && selected.length > 0;
}

/** None where not all of them can be offered: who sees a part of the ways would choose among that part. */
function readChoices(value: unknown): readonly string[] {
  const choices = Array.isArray(value) ? [...new Set<unknown>(value)] : [];
  const isOffered = choices.every(
    (choice) => typeof choice === "string" && choice !== "" && choice.length <= TURN_LIMITS.maxName,
  );
  return isOffered && choices.length <= MAX_CHOICES ? (choices as string[]) : [];
}
