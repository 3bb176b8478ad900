/** A question as a line for a shell, with the name of a variable where the token would be: never the token. */
import { countHidden } from "../../lib/hidden-text.ts";
import type { RunnableKind } from "../../lib/runnable-kinds.ts";
import type { PauseSource } from "./read-pause.ts";
import { canBeWritten, listOf } from "./read-values.ts";

interface CurlTarget {
  readonly endpoint: string;
  readonly kind: RunnableKind;
  readonly agentId: string;
  readonly sessionId: string | undefined;
  readonly needsToken: boolean;
}

export interface CurlRequest extends CurlTarget {
  readonly message: string;
  /** Names of files; the person has them. */
  readonly files: readonly string[];
}

export interface ContinuingCurlRequest extends CurlTarget {
  readonly runId: string;
  /** What it waits for: it goes back with the answers in it. */
  readonly asked: PauseSource | undefined;
}

export function toCurl({ message, files, ...target }: CurlRequest): string {
  return writeLine(target, "runs", [
    formString("message", message),
    ...sessionOf(target),
    formString("stream", "true"),
    // curl reads `;` and `,` after a file's name: within double quotes they are letters.
    ...files.map((name) => `-F ${quote(`files=@"${name.replaceAll(/["\\]/g, "\\$&")}"`)}`),
  ]);
}

const DECISIONS: Readonly<Record<RunnableKind, keyof PauseSource>> = {
  agents: "tools",
  teams: "requirements",
  workflows: "step_requirements",
};
/** What is longer is no line for a shell: then the person puts it there. */
const MAX_ASKED = 10_000;

/** The same for what a paused run waits for: the answers are filled in by whoever sends it. */
export function toContinuingCurl({ runId, asked, ...target }: ContinuingCurlRequest): string {
  const name = DECISIONS[target.kind];
  const open = listOf(asked?.[name]);
  // In lines, so that one finds what to fill in.
  const json = canBeWritten(open) ? JSON.stringify(open, null, 2) : "";
  const isShown = open.length > 0 && json.length <= MAX_ASKED;
  return writeLine(target, `runs/${encodeURIComponent(runId.toWellFormed())}/continue`, [
    formString(name, isShown ? json : "[…]"),
    ...sessionOf(target),
    formString("stream", "true"),
  ]);
}

function writeLine(
  { endpoint, kind, agentId, needsToken }: CurlTarget,
  path: string,
  fields: readonly string[],
): string {
  const base = `${endpoint.replace(/\/+$/, "")}/${kind}/${encodeURIComponent(agentId.toWellFormed())}`;
  return [
    `curl -N -X POST ${quote(`${base}/${path}`)}`,
    ...(needsToken ? ['-H "Authorization: Bearer $AGENTOS_TOKEN"'] : []),
    ...fields,
  ].join(" \\\n  ");
}

function sessionOf({ sessionId }: CurlTarget): readonly string[] {
  return sessionId === undefined ? [] : [formString("session_id", sessionId)];
}

function formString(name: string, value: string): string {
  return `--form-string ${quote(`${name}=${value}`)}`;
}

/** A word of a POSIX shell, whatever is in it. What a terminal would take for keys, or nobody sees, is an escape. */
function quote(text: string): string {
  if (countHidden(text.replaceAll("\r", "\u0001")) === 0 && !text.includes("\t"))
    return `'${text.replaceAll("'", `'\\''`)}'`;
  const escaped = Array.from(
    text.toWellFormed(),
    (letter) => ESCAPES[letter] ?? (countHidden(letter) === 0 ? letter : toOctal(letter)),
  );
  return `$'${escaped.join("")}'`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  "\n": "\\n",
  "\t": "\\t",
  "\r": "\\r",
  // An older command, to a shell that is typed into.
  "!": "\\041",
};

function toOctal(letter: string): string {
  return [...new TextEncoder().encode(letter)]
    .map((byte) => `\\${byte.toString(8).padStart(3, "0")}`)
    .join("");
}
