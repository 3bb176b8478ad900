// Blocks of HTTP answers: a refusal that is shown is one that the catalogue has, in the catalogue's words.
import { REFUSALS, type RefusalEntry } from "@agentos/contract";
import type { Block, Fault } from "./read-page.ts";

/** Judges "HTTP/1.1 403 …", headers, an empty line, a JSON body. */
export function judgeAnswer({ path, line, text }: Block): readonly Fault[] {
  const problem = findProblem(text);
  return problem === undefined ? [] : [{ path, line, problem }];
}

function findProblem(text: string): string | undefined {
  const [, status] = /^HTTP\/[\d.]+ (\d{3})\b/.exec(text) ?? [];
  if (status === undefined) return 'an answer begins with its status line, such as "HTTP/1.1 200 OK"';
  const body = readBody(text.slice(text.indexOf("\n\n")));
  if (body === undefined) return "the body of the answer is no JSON object";
  const { code } = body;
  if (typeof code !== "string") return undefined;
  const entry: RefusalEntry | undefined = Object.entries(REFUSALS).find(([name]) => name === code)?.[1];
  if (entry === undefined) return `${code} is no refusal`;
  if (status !== String(entry.status) || body["status"] !== entry.status)
    return `${code} has the status ${entry.status}`;
  const wrong = (["title", "detail", "fix"] as const).find((name) => !isFilled(entry[name], body[name]));
  return wrong === undefined ? undefined : `the catalogue has another ${wrong} for ${code}: ${entry[wrong]}`;
}

function readBody(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? { ...body } : undefined;
  } catch {
    return undefined;
  }
}

/** True when a text is this template with something in each `{place}`. */
function isFilled(template: string, text: unknown): boolean {
  const pattern = template
    .split(/\{[a-z_]+\}/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join(".+");
  return typeof text === "string" && new RegExp(`^${pattern}$`).test(text);
}
