/**
 * A tool call as it is decided about: every argument, the short ones first, so that a long one moves nothing out of sight. What
 * cannot be shown, or not as it would be sent, cannot be approved. Pure.
 */
import { countHidden, showHidden } from "../../lib/hidden-text.ts";
import { isObject, TURN_LIMITS } from "./read-values.ts";
import type { WaitingTool } from "./read-waiting.ts";
import { writeJson } from "./write-json.ts";

export interface ShownArgument {
  /** Undefined: all of them. */
  readonly name: string | undefined;
  readonly text: string;
  /** What is shown before somebody asks for all; undefined where that is all. */
  readonly beginning: string | undefined;
}

export interface ShownCall {
  readonly rows: readonly ShownArgument[];
  /** Why nobody can approve it here. */
  readonly obstacle: "too-long" | "inexact" | undefined;
  /** How many characters of it nobody would see; they are shown as escapes. */
  readonly hidden: number;
  /** As JSON, where it can be edited. */
  readonly editable: string | undefined;
}

/** Characters of all arguments together. */
const MAX_LENGTH = 100_000;
const MAX_ROWS = 200;
/** What is longer is shown when somebody asks for it; until then its beginning stands there. */
const SHORT = { characters: 1_200, lines: 20 };
const BEGINNING = { characters: 480, lines: 8 };

export function showCall({ source }: Pick<WaitingTool, "source">): ShownCall {
  const value = source["tool_args"] ?? {};
  const { text, isWhole, isExact, hidden } = writeJson(value, MAX_LENGTH);
  const name = typeof source["tool_name"] === "string" ? source["tool_name"] : "";
  const entries = isObject(value) ? Object.entries(value) : [];
  const isOne = entries.length < 2 || cutToBeginning(text) === undefined;
  const rows = isOne ? [{ name: undefined, text, beginning: cutToBeginning(text) }] : showEach(entries);
  const isShown = isWhole && entries.length <= MAX_ROWS && name.length <= TURN_LIMITS.maxName;
  return {
    rows,
    obstacle: isShown ? (isExact ? undefined : "inexact") : "too-long",
    hidden: hidden + countHidden(name),
    editable: isShown && isExact && text.length <= TURN_LIMITS.maxToolText ? text : undefined,
  };
}

function showEach(entries: readonly (readonly [string, unknown])[]): readonly ShownArgument[] {
  let room = MAX_LENGTH;
  const rows = entries.slice(0, MAX_ROWS).map(([name, value]): ShownArgument => {
    const written = writeJson(value, room);
    const isLong = cutToBeginning(written.text) !== undefined;
    // Lines of a script are read as lines.
    const text = isLong && typeof value === "string" ? showHidden(value.slice(0, room)) : written.text;
    room = Math.max(0, room - text.length);
    return { name: showHidden(name.slice(0, MAX_LENGTH)), text, beginning: cutToBeginning(text) };
  });
  return [
    ...rows.filter(({ beginning }) => beginning === undefined),
    ...rows.filter(({ beginning }) => beginning !== undefined),
  ];
}

/** Undefined where it is short. */
function cutToBeginning(text: string): string | undefined {
  const isShort = text.length <= SHORT.characters && text.split("\n", SHORT.lines + 1).length <= SHORT.lines;
  if (isShort) return undefined;
  return text.slice(0, BEGINNING.characters).split("\n", BEGINNING.lines).join("\n");
}
