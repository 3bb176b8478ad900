/**
 * Decisions against the calls that wait. INVARIANT: name and arguments of a call are those that are stored. What a client
 * sends can confirm, reject, fill in or edit where the tool allows it, and whatever else it tries is refused by name:
 * somebody meant it.
 */
import { isDeepStrictEqual } from "node:util";
import { fail, ok, type Result } from "@agentos/auth";
import type { ToolExecution } from "@agentos/contract";
import { redactTokens, redactTokensDeep } from "@agentos/guard";
import type { Decision } from "./continue-form.ts";
import type { DecidedCall, RunnablePauses } from "./runnable.ts";

type Arguments = Readonly<Record<string, unknown>>;
type Fields = NonNullable<ToolExecution["user_input_schema"]>;
/** In words for the caller. */
type Problem = string;

/** Every waiting call with its decision, or the first thing that is wrong with them. Then nothing may run. */
export async function matchDecisions(
  waiting: readonly ToolExecution[],
  decisions: readonly Decision[],
  pauses: RunnablePauses,
): Promise<Result<readonly DecidedCall[], Problem>> {
  const stray = findStray(waiting, decisions);
  if (stray !== undefined) return fail(stray);
  const decided: DecidedCall[] = [];
  const missing: string[] = [];
  for (const tool of waiting) {
    const decision = decisions.find(({ toolCallId }) => toolCallId === tool.tool_call_id);
    const problem = decision && findMismatch(tool, decision, pauses);
    if (problem !== undefined) return fail(problem);
    const needs = decision === undefined ? listNeeds(tool) : findMissing(tool, decision);
    if (decision === undefined || needs.length > 0)
      missing.push(`${nameOf(tool)} needs ${needs.join(" and ")}`);
    else decided.push(decide(tool, decision));
  }
  if (missing.length > 0) return fail(`Not every tool call is decided: ${missing.join("; ")}`);
  return (await findArgumentProblem(decided, pauses)) ?? ok(decided);
}

/** A decision on what does not wait, or a second one on the same call. */
function findStray(waiting: readonly ToolExecution[], decisions: readonly Decision[]): Problem | undefined {
  const ids = new Set<string>();
  for (const { toolCallId: id } of decisions) {
    if (!waiting.some(({ tool_call_id }) => tool_call_id === id))
      return `The run does not wait for the tool call ${quote(id)}; it waits for ${waiting.map(nameOf).join(", ")}`;
    if (ids.has(id)) return `The tool call ${quote(id)} is decided twice`;
    ids.add(id);
  }
  return undefined;
}

/** What the client believes of a call, and brings to it, that is not so. */
function findMismatch(tool: ToolExecution, decision: Decision, pauses: RunnablePauses): Problem | undefined {
  const { toolName, toolArgs, result, values } = decision;
  if (toolName !== undefined && toolName !== tool.tool_name)
    return `${nameOf(tool)} is not a call of ${quote(toolName)}; a decision cannot change the tool`;
  if (result !== undefined && tool.external_execution_required !== true)
    return `${nameOf(tool)} is run by this server; a result cannot be brought for it`;
  const fields = (tool.user_input_schema ?? []).map(({ name }) => name);
  const unknown = values.find(({ name }) => !fields.includes(name));
  if (unknown !== undefined)
    return `${nameOf(tool)} does not ask for the value ${quote(unknown.name)}; it asks for ${listNames(fields)}`;
  const editable = tool.requires_confirmation === true ? pauses.editableArguments(tool.tool_name ?? "") : [];
  const locked = listChanged(tool, toolArgs).filter((name) => !editable.includes(name));
  return locked.length === 0 ? undefined : describeLocked(tool, toolArgs ?? {}, { locked, editable });
}

/** One fault at a time: what is left out was hardly meant to be changed. */
function describeLocked(
  tool: ToolExecution,
  given: Arguments,
  { locked, editable }: { readonly locked: readonly string[]; readonly editable: readonly string[] },
): Problem {
  const asked = tool.tool_args ?? {};
  const omitted = locked.filter((name) => !Object.hasOwn(given, name));
  if (omitted.length > 0)
    return `${nameOf(tool)} was asked for with ${listNames(omitted)}, and "tool_args" is without; send all arguments, or leave "tool_args" out where none is changed`;
  const added = locked.filter((name) => !Object.hasOwn(asked, name));
  const problem =
    added.length < locked.length
      ? `with another value of ${listNames(locked.filter((name) => !added.includes(name)))}`
      : `without ${listNames(added)}`;
  return `${nameOf(tool)} was asked for ${problem}; arguments that may be changed: ${listNames(editable)}`;
}

/** What is not decided of a call. One that is rejected needs nothing else, whatever it waited for. */
function findMissing(tool: ToolExecution, decision: Decision): readonly string[] {
  if (decision.confirmed === false) return [];
  return listNeeds(tool).filter((need) => {
    if (need === NEEDS.confirmation) return decision.confirmed === undefined;
    if (need === NEEDS.result) return decision.result === undefined;
    return !(tool.user_input_schema ?? []).every(({ name }) => isFilled(decision, name));
  });
}

const NEEDS = { confirmation: '"confirmed"', input: 'values in "user_input_schema"', result: '"result"' };

function listNeeds(tool: ToolExecution): readonly string[] {
  return [
    ...(tool.requires_confirmation === true ? [NEEDS.confirmation] : []),
    ...(tool.requires_user_input === true ? [NEEDS.input] : []),
    ...(tool.external_execution_required === true ? [NEEDS.result] : []),
  ];
}

function isFilled({ values, isAnswered }: Decision, name: string): boolean {
  const given = values.find((value) => value.name === name);
  return given !== undefined && (given.value !== null || isAnswered);
}

function decide(tool: ToolExecution, decision: Decision): DecidedCall {
  const { confirmed, note, result, isError, toolArgs } = decision;
  const isRejected = confirmed === false;
  const edited = isRejected ? [] : listChanged(tool, toolArgs);
  const base = edited.length === 0 ? (tool.tool_args ?? {}) : (toolArgs ?? {});
  const fields = isRejected ? undefined : fillIn(tool.user_input_schema, decision);
  const filled = (fields ?? []).map(({ name, value }) => [name, value] as const);
  const args = { ...base, ...Object.fromEntries(filled) };
  return {
    args,
    edited,
    tool: {
      ...tool,
      tool_args: redactTokensDeep(args),
      confirmed: confirmed ?? null,
      confirmation_note: note === undefined ? null : redactTokens(note),
      ...(fields === undefined ? {} : { user_input_schema: redactTokensDeep(fields), answered: true }),
      ...(isRejected || tool.external_execution_required !== true
        ? {}
        : { result: redactTokens(result ?? ""), tool_call_error: isError }),
    },
  };
}

function fillIn(fields: Fields | null, { values }: Decision): Fields | undefined {
  return fields?.map((field) => ({
    ...field,
    value: values.find(({ name }) => name === field.name)?.value ?? null,
  }));
}

/** Names of the arguments in which a client's differ from those that were asked for. */
function listChanged({ tool_args: asked }: ToolExecution, given: Arguments | undefined): readonly string[] {
  if (given === undefined) return [];
  const before = asked ?? {};
  const names = new Set([...Object.keys(before), ...Object.keys(given)]);
  return [...names].filter(
    (name) =>
      Object.hasOwn(before, name) !== Object.hasOwn(given, name) ||
      !isDeepStrictEqual(before[name], given[name]),
  );
}

/** What a person has written is checked before anything runs: the person is there to mend it. */
async function findArgumentProblem(
  decided: readonly DecidedCall[],
  pauses: RunnablePauses,
): Promise<Result<never, Problem> | undefined> {
  for (const { tool, args, edited } of decided) {
    if (edited.length === 0 && tool.answered !== true) continue;
    const problem = await pauses.findArgumentProblem(tool.tool_name ?? "", args);
    if (problem !== undefined) return fail(`${nameOf(tool)} has invalid arguments: ${redactTokens(problem)}`);
  }
  return undefined;
}

function nameOf({ tool_name: name, tool_call_id: id }: ToolExecution): string {
  return `${quote(name ?? "")} (${quote(id ?? "")})`;
}

const LONGEST_QUOTE = 128;

function quote(text: string): string {
  return JSON.stringify(redactTokens(text.slice(0, LONGEST_QUOTE)));
}

function listNames(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.slice(0, 20).map(quote).join(", ");
}
