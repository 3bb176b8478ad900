/** `agentos errors`: what a code means and how to fix it, as the catalogue has it. Nothing is asked of a server. */

import { isErrorCode } from "@agentos/auth";
import { ERRORS, type ErrorEntry, FIX_COMMANDS, RETIRED_CODES, renderNeutral } from "@agentos/contract";
import { nearest } from "@agentos/contract/text";
import type { Command } from "commander";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure } from "../program/failure.ts";
import { formatJson } from "../text/format-json.ts";

interface Options {
  readonly json?: true;
}

interface Explained {
  readonly code: string;
  readonly kind: ErrorEntry["kind"];
  /** Where it is met; null: an answer with the status, the start, or a diagnosis, by its kind. */
  readonly seen: string | null;
  readonly title: string;
  readonly fix: string;
  readonly command: string | null;
  readonly status: number | null;
  readonly detail: string | null;
  /** Path of the page about it that every AgentOS serves. */
  readonly page: string;
}

const NAME = /^[A-Z][A-Z0-9_]{1,60}$/;

export function addErrors(parent: Command, context: Context): void {
  parent
    .command("errors")
    .description("what an error code means and how to fix it; without a code all of them")
    .argument("[code]", "such as AUTH_TOKEN_EXPIRED, or the beginning of some, such as KEY_")
    .option("--json", "print JSON")
    .action((code: string | undefined, options: Options) => {
      const found = find(code, context);
      if (options.json) context.terminal.print(formatJson(found.length === 1 ? found[0] : found));
      else print(found, context);
      context.finish(ExitCode.ok);
    });
}

function find(text: string | undefined, context: Context): readonly Explained[] {
  const codes = Object.keys(ERRORS).toSorted();
  const asked = text?.trim().toUpperCase();
  if (asked === undefined) return codes.map((code) => explain(code, context));
  if (isErrorCode(asked)) return [explain(asked, context)];
  const begun = codes.filter((code) => NAME.test(asked) && code.startsWith(asked));
  if (begun.length > 0) return begun.map((code) => explain(code, context));
  const fix = `\`${context.cli} errors\` lists them`;
  // What was typed is shown where it can be nothing but a code.
  if (!NAME.test(asked)) throw new CliFailure("the argument is no error code", { fix });
  if (RETIRED_CODES.includes(asked))
    throw new CliFailure(`"${asked}" was a code once, and is none any more`, { fix });
  const meant = nearest(asked, codes);
  throw new CliFailure(`there is no error code "${asked}"`, {
    fix: meant === undefined ? fix : `the nearest is ${meant}: \`${context.cli} errors ${meant}\``,
  });
}

function explain(code: string, { cli }: Context): Explained {
  const entry = ERRORS[code];
  if (entry === undefined || !isErrorCode(code)) throw new TypeError(`no such code: ${code}`);
  const fill = (text: string) => renderNeutral(text, cli);
  const command = FIX_COMMANDS[code];
  const seenAs = "seenAs" in entry ? entry.seenAs : undefined;
  return {
    code,
    kind: entry.kind,
    seen: seenAs === undefined ? null : fill(seenAs),
    title: fill(entry.title),
    fix: fill(entry.fix),
    command: command === undefined ? null : fill(command),
    // What comes in a frame has none.
    status: "status" in entry && seenAs === undefined ? entry.status : null,
    detail: "detail" in entry ? fill(entry.detail) : null,
    page: `/errors/${code}`,
  };
}

const KINDS: Readonly<Record<ErrorEntry["kind"], string>> = {
  refusal: "a request is refused",
  limit: "there is no room for a request",
  fault: "a configuration or key, seen at the start",
  cause: "found by the doctor",
  rejection: "the control plane cannot do it so",
};

function print(found: readonly Explained[], { terminal }: Context): void {
  const { print: show, paint } = terminal;
  const [only] = found;
  if (found.length !== 1 || only === undefined) {
    const width = Math.max(...found.map(({ code }) => code.length));
    for (const { code, title } of found) show(`${code.padEnd(width)}  ${title}`);
    return;
  }
  const { code, kind, seen, title, fix, command, status, detail, page } = only;
  show(`${paint("bold", code)}  ${paint("dim", seen === null ? KINDS[kind] : `seen as ${seen}`)}`);
  show(`  cause   ${title}`);
  show(`  ${paint("green", "fix")}     ${fix}`);
  if (command !== null) show(`          ${paint("cyan", `$ ${command}`)}`);
  if (status !== null) show(`  status  ${status}`);
  if (detail !== null) show(`  detail  ${detail}`);
  show(paint("dim", `  page    GET ${page} of any AgentOS; docs/troubleshooting.md#${code}`));
}
