/** A question as a line for a shell, with the name of a variable where the token would be: never the token. */

import { countHidden } from "../../lib/hidden-text.ts";
import type { RunnableKind } from "../../lib/runnable-kinds.ts";

export interface CurlRequest {
  readonly endpoint: string;
  readonly kind: RunnableKind;
  readonly agentId: string;
  readonly message: string;
  readonly sessionId: string | undefined;
  /** Names of files; the person has them. */
  readonly files: readonly string[];
  readonly needsToken: boolean;
}

export function toCurl({
  endpoint,
  kind,
  agentId,
  message,
  sessionId,
  files,
  needsToken,
}: CurlRequest): string {
  const url = `${endpoint.replace(/\/+$/, "")}/${kind}/${encodeURIComponent(agentId.toWellFormed())}/runs`;
  return [
    `curl -N -X POST ${quote(url)}`,
    ...(needsToken ? ['-H "Authorization: Bearer $AGENTOS_TOKEN"'] : []),
    `--form-string ${quote(`message=${message}`)}`,
    ...(sessionId === undefined ? [] : [`--form-string ${quote(`session_id=${sessionId}`)}`]),
    "--form-string 'stream=true'",
    // curl reads `;` and `,` after a file's name: within double quotes they are letters.
    ...files.map((name) => `-F ${quote(`files=@"${name.replaceAll(/["\\]/g, "\\$&")}"`)}`),
  ].join(" \\\n  ");
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
