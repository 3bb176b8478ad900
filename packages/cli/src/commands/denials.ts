/** `agentos denials`: refusals that a running server has recorded. The operator sees all, a caller their own. */
import { isErrorCode } from "@agentos/auth";
import { DENIAL_GROUPINGS, ERRORS } from "@agentos/contract";
import { nearest } from "@agentos/contract/text";
import { type Command, Option } from "commander";
import type { DenialQuery } from "../doctor/denials/ask-denials.ts";
import type { DenialOptions } from "../doctor/denials/run-denials.ts";
import type { Context } from "../program/context.ts";
import { CliFailure } from "../program/failure.ts";
import { parseDuration } from "../text/duration.ts";

interface FilterOptions extends DenialOptions {
  readonly code?: string;
  readonly route?: string;
  readonly client?: string;
  readonly subject?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: string;
  readonly page?: string;
}

/** What a server accepts as `limit` (contract: `denialQuerySchema`). */
const MAX_LIMIT = 100;

export function addDenials(parent: Command, context: Context, help: string): void {
  const group = parent
    .command("denials")
    .description("refusals that a running AgentOS has recorded")
    .helpCommand("help [command]", help);
  addFilterOptions(
    group
      .command("list")
      .description("the newest first: all for a holder of authz:read, else those of the caller's own"),
  ).action(async (options: FilterOptions) => {
    const query = readFilter(options, context);
    const { listDenials } = await import("../doctor/denials/run-denials.ts");
    context.finish(await listDenials(query, options, context));
  });
  addFilterOptions(
    group
      .command("count")
      .description("how many there were, the most first")
      .addOption(
        new Option("--by <what>", "what they are counted by").choices(DENIAL_GROUPINGS).default("code"),
      ),
  ).action(async (options: FilterOptions & { readonly by: string }) => {
    const query = { by: options.by, ...readFilter(options, context) };
    const { countDenials } = await import("../doctor/denials/run-denials.ts");
    context.finish(await countDenials(query, options, context));
  });
  addServerOptions(
    group
      .command("show")
      .description("one of them: its cause and fix, what was expected and got, and every check")
      .argument("<id>", 'the "denial_id" of the answer'),
  ).action(async (id: string, options: DenialOptions) => {
    if (!/^den_[\w-]{1,64}$/.test(id)) {
      throw new CliFailure("the argument is no denial id", {
        fix: 'give the "denial_id" of the answer, which begins with den_',
      });
    }
    const { showDenial } = await import("../doctor/denials/run-denials.ts");
    context.finish(await showDenial(id, options, context));
  });
}

function addFilterOptions(command: Command): Command {
  return addServerOptions(
    command
      .option("--code <code>", "only refusals with this code")
      .option("--route <route>", 'only refusals of this route, such as "GET /agents"')
      .option("--client <address>", "only from this address; with authz:read")
      .option("--subject <id>", "only of this verified subject; with authz:read")
      .option("--since <time>", "only since then: 2h, or 2026-01-31T12:00Z")
      .option("--until <time>", "only until then: 1h, or 2026-01-31T12:00Z")
      .option("--limit <count>", `how many, up to ${MAX_LIMIT} (default: 20)`)
      .option("--page <number>", "which page of them"),
  );
}

function readFilter(options: FilterOptions, context: Context): DenialQuery {
  const { code, route, client, subject, since, until, limit, page } = options;
  return {
    code: readCode(code),
    route,
    client,
    subject,
    since: readTime("since", since, context.now()),
    until: readTime("until", until, context.now()),
    limit: readCount("limit", limit, MAX_LIMIT),
    page: readCount("page", page, 1_000_000),
  };
}

/** So long ago, or a moment. */
function readTime(name: string, text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /[smhd]$/.test(text) ? parseDuration(text) : undefined;
  const moment = seconds === undefined ? readMoment(text) : now - seconds;
  if (moment !== undefined && moment >= 0) return Math.floor(moment);
  throw new CliFailure(`"--${name}" is neither a span of time nor a moment`, {
    fix: `write for example --${name} 2h, or --${name} 2026-01-31T12:00Z`,
  });
}

/** Seconds since the epoch, of a date that says its zone; those that do not mean another time on each machine. */
function readMoment(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d))?$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time / 1_000;
}

function addServerOptions(command: Command): Command {
  return command
    .requiredOption("--url <url>", "the running AgentOS that recorded them")
    .option("--token <token>", "a credential that it accepts: the value, -, env:NAME or file:PATH")
    .option("--header <name>", "header in which it reads the token (default: Authorization)")
    .option("--cookie <name>", "cookie in which it reads the token, in place of a header")
    .option(
      "--insecure-http",
      "send the token over http to another machine too; everybody on the way can read it",
    )
    .option("--json", "print JSON");
}

/** A server may be newer and have codes of its own; what is nearly one of ours is a slip. */
function readCode(text: string | undefined): string | undefined {
  const code = text?.trim().toUpperCase();
  if (code === undefined || isErrorCode(code)) return code;
  const meant = nearest(code, Object.keys(ERRORS));
  if (meant === undefined) return code;
  throw new CliFailure('there is no such error code as the one given with "--code"', {
    fix: `the nearest is ${meant}: --code ${meant}`,
  });
}

function readCount(name: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const count = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return count;
  throw new CliFailure(`"--${name}" is no whole number from 1 to ${most}`, {
    fix: `write for example --${name} 1`,
  });
}
