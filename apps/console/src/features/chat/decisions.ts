/** What a person has said about the tool calls of a pause, and the decisions that are sent for it. Pure. */
import type { Decision } from "./encode-decisions.ts";
import { isObject } from "./read-values.ts";
import type { WaitingTool } from "./read-waiting.ts";

/** What is in the form of one tool call. */
export interface Draft {
  readonly verdict: "approve" | "reject" | undefined;
  readonly note: string;
  /** JSON, where it was edited. */
  readonly argumentsText: string | undefined;
  readonly values: Readonly<Record<string, string>>;
  readonly result: string;
}

export const EMPTY_DRAFT: Draft = {
  verdict: undefined,
  note: "",
  argumentsText: undefined,
  values: {},
  result: "",
};

export type Judged =
  | { readonly isReady: true; readonly decision: Decision }
  | { readonly isReady: false; readonly reason: string };

/** The decision of one call, or why there is none yet. */
export function judgeDraft(tool: WaitingTool, draft: Draft): Judged {
  const { id: tool_call_id, kind } = tool;
  if (draft.verdict === undefined) return { isReady: false, reason: "Not decided yet." };
  if (draft.verdict === "reject") {
    const note = draft.note.trim();
    return {
      isReady: true,
      decision: { tool_call_id, confirmed: false, ...(note === "" ? {} : { confirmation_note: note }) },
    };
  }
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
  const values: { name: string; value: unknown }[] = [];
  for (const field of tool.fields) {
    const text = draft.values[field.name] ?? field.value;
    const value = readValue(field.type, text);
    if (value === undefined)
      return {
        isReady: false,
        reason: text.trim() === "" ? `${field.name} is empty.` : `${field.name} is no ${field.type}.`,
      };
    values.push({ name: field.name, value });
  }
  return {
    isReady: true,
    decision: { tool_call_id: tool.id, user_input_schema: values, answered: true },
  };
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
