/** An answer as people copy it: the body alone, or with the status line and headers of `curl -i` before it. */

import { isErrorCode } from "@agentos/auth";
import { ERRORS, isRecord, REFUSALS } from "@agentos/contract";

export interface PastedAnswer {
  readonly status: number;
  /** Members of the body that are looked at; nothing of it is believed beyond its form. */
  readonly body: Readonly<Record<string, unknown>>;
}

const LONGEST = 256 * 1024;

/** Reads it; undefined for anything that no server answers a refused request with. */
export function readPastedAnswer(pasted: string): PastedAnswer | undefined {
  // Of several heads the last is the answer: "100 Continue" comes before it, and so does what a proxy says of its own.
  const text = pasted.slice(0, LONGEST).replace(/^[^]*\r?\n\r?\n(?=HTTP\/[\d.]+ \d{3})/, "");
  const told = /^\s*HTTP\/[\d.]+ (\d{3})\b/.exec(text)?.[1];
  // Headers may have braces of their own ("report-to"): the body stands behind the empty line.
  const body = parse((told === undefined ? text : (/\r?\n\r?\n([^]*)$/.exec(text)?.[1] ?? "")).trim());
  if (body === undefined || !["detail", "code", "title"].some((name) => typeof body[name] === "string"))
    return undefined;
  return { status: told === undefined ? readStatus(body) : Number(told), body };
}

/** One of the sentences that every AgentOS answers with, alone. */
export function readPastedSentence(pasted: string): PastedAnswer | undefined {
  const detail = pasted.trim().replace(/^"([^]*)"$/, "$1");
  const status = statusOfSentence(detail);
  return status === undefined ? undefined : { status, body: { detail } };
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    // As Python prints it.
    const detail = /^\{'detail': (?:'([^']*)'|"([^"]*)")\}$/.exec(text);
    return detail === null ? undefined : { detail: detail[1] ?? detail[2] };
  }
}

/**
 * The answer out of what `curl -v` prints: without the lines of its own, and those of the request, which hold the
 * credential. Any other text stays as it is.
 */
export function readVerbose(text: string): string {
  if (!/^< HTTP\//m.test(text)) return text;
  const lines = text.split(/\r?\n/).filter((line) => !/^(?:[*>]|[{}] \[)/.test(line));
  const answer = lines.map((line) => line.replace(/^< ?/, "")).join("\n");
  // Without a line break at its end the body is followed by a line of curl.
  return answer.slice(answer.indexOf("HTTP/"), answer.lastIndexOf("}") + 1);
}

function readStatus({ status, code, detail }: Readonly<Record<string, unknown>>): number {
  if (typeof status === "number" && Number.isInteger(status) && status >= 400 && status < 600) return status;
  if (typeof code === "string" && isErrorCode(code)) {
    const entry = ERRORS[code];
    if (entry !== undefined && "status" in entry) return entry.status;
  }
  return (typeof detail === "string" ? statusOfSentence(detail) : undefined) ?? 401;
}

/** Of a sentence that a refusal has; its places may be filled with anything. */
function statusOfSentence(detail: string): number | undefined {
  if (/^(Insufficient permissions|Access denied to )/.test(detail)) return 403;
  if (/^(Invalid token|Error decoding token|Invalid or expired service account token)/.test(detail))
    return 401;
  if (detail === "Not Found") return 404;
  if (detail === "Method Not Allowed") return 405;
  if (detail === "Too many failed authentication attempts") return 429;
  return Object.values(REFUSALS).find((entry) => fits(entry.detail, detail))?.status;
}

function fits(template: string, detail: string): boolean {
  const [first = "", ...others] = template.split(/\{\w+\}/);
  if (others.length === 0) return template === detail;
  return first !== "" && detail.startsWith(first) && detail.endsWith(others.at(-1) ?? "");
}
