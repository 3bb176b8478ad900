/** What a person has said about the tool calls of a pause, and the decisions that are sent for it. Pure. */
import { lookUp } from "../../lib/strangers-names.ts";
import type { Decision } from "./encode-decisions.ts";
import { isObject, textOf } from "./read-values.ts";
import type { InputField, WaitingTool } from "./read-waiting.ts";
import { type ShownCall, showCall } from "./show-call.ts";

/** What is in the form of one tool call, or of one step of a workflow. */
export interface Draft {
  readonly verdict: "approve" | "reject" | undefined;
  readonly note: string;
  /** JSON, where it was edited. */
  readonly argumentsText: string | undefined;
  readonly values: Readonly<Record<string, string>>;
  readonly result: string;
  /** Places of the long arguments that were shown whole. */
  readonly opened: readonly number[];
  /** Of the ways that a workflow can go. */
  readonly chosen: readonly string[];
}

export const EMPTY_DRAFT: Draft = {
  verdict: undefined,
  note: "",
  argumentsText: undefined,
  values: {},
  result: "",
  opened: [],
  chosen: [],
};

export type Judged =
  | { readonly isReady: true; readonly decision: Decision }
  | { readonly isReady: false; readonly reason: string };

/** Why it cannot be approved, or not yet: what was not shown was not read. */
export function findObstacle(
  { rows, obstacle }: ShownCall,
  { opened }: Pick<Draft, "opened">,
): { readonly title: string; readonly text: string } | undefined {
  if (obstacle === "too-long")
    return {
      title: "Too long to be approved here",
      text: "Not all of it can be shown. Reject it, or answer it by the API.",
    };
  if (obstacle === "inexact")
    return {
      title: "Cannot be approved here",
      text: "A number in it is larger than a browser counts exactly: another one would be sent. Reject it, or answer it by the API.",
    };
  return rows.every(({ beginning }, at) => beginning === undefined || opened.includes(at))
    ? undefined
    : { title: "Not all of it is shown", text: "Show all of its arguments first." };
}

/** The decision of one call, or why there is none yet. */
export function judgeDraft(tool: WaitingTool, draft: Draft, shown: ShownCall = showCall(tool)): Judged {
  const { id: tool_call_id, kind } = tool;
  if (draft.verdict === undefined) return { isReady: false, reason: "Not decided yet." };
  if (draft.verdict === "reject") {
    const note = draft.note.trim();
    return {
      isReady: true,
      decision: { tool_call_id, confirmed: false, ...(note === "" ? {} : { confirmation_note: note }) },
    };
  }
  const obstacle = findObstacle(shown, draft);
  if (obstacle !== undefined) return { isReady: false, reason: obstacle.text };
  if (kind === "input") return judgeInput(tool, draft);
  if (kind === "external")
    return draft.result.trim() === ""
      ? { isReady: false, reason: "Say what came of it." }
      : { isReady: true, decision: { tool_call_id, result: draft.result } };
  const edited = draft.argumentsText === undefined ? undefined : readArguments(draft.argumentsText);
  if (edited === null) return { isReady: false, reason: "The arguments are no JSON object." };
  return {
    isReady: true,
    decision: { tool_call_id, confirmed: true, ...(edited === undefined ? {} : { tool_args: edited }) },
  };
}

function judgeInput(tool: WaitingTool, draft: Draft): Judged {
  const filled = fillFields(tool.fields, draft);
  if (filled.reason !== undefined) return { isReady: false, reason: filled.reason };
  return {
    isReady: true,
    decision: { tool_call_id: tool.id, user_input_schema: filled.values, answered: true },
  };
}

/** The values of a form, or why there are none yet. What may be left out is, where it is empty. */
export function fillFields(
  fields: readonly InputField[],
  draft: Pick<Draft, "values">,
):
  | {
      readonly values: readonly { readonly name: string; readonly value: unknown }[];
      readonly reason?: undefined;
    }
  | { readonly reason: string } {
  const values: { name: string; value: unknown }[] = [];
  for (const field of fields) {
    const { name, type, isOptional, allowed } = field;
    const text = valueOf(draft, field);
    const isEmpty = text.trim() === "";
    if (isEmpty && isOptional) continue;
    if (isEmpty) return { reason: `${name} is empty.` };
    const value = allowed.length === 0 ? readValue(type, text) : allowed.find((one) => textOf(one) === text);
    if (value === undefined)
      return {
        reason: allowed.length === 0 ? `${name} is no ${type}.` : `${name} is none of what it may be.`,
      };
    values.push({ name, value });
  }
  return { values };
}

/** What stands in a field. Its name is the instance's: it may be one that every object has. */
export function valueOf(
  { values }: Pick<Draft, "values">,
  { name, value }: { readonly name: string; readonly value: string },
): string {
  return lookUp(values, name) ?? value;
}

/** By the words for types that an AgentOS has; undefined for a text that is no such value. */
function readValue(type: string, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  if (/^(?:int|integer)$/.test(type)) return /^[+-]?\d{1,15}$/.test(trimmed) ? Number(trimmed) : undefined;
  if (/^(?:float|number)$/.test(type)) return Number.isFinite(Number(trimmed)) ? Number(trimmed) : undefined;
  if (type.startsWith("bool"))
    return /^(?:true|yes)$/i.test(trimmed) ? true : /^(?:false|no)$/i.test(trimmed) ? false : undefined;
  if (/^(?:dict|list|object|array)/.test(type)) return parseJson(trimmed);
  return text;
}

/** Null for what is no object. */
function readArguments(text: string): Readonly<Record<string, unknown>> | null {
  const value = parseJson(text);
  return isObject(value) ? value : null;
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
