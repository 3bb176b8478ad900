/** What all commands about recorded refusals have in common: whom they ask, as whom, and how they end. */

import { isErrorCode } from "@agentos/auth";
import { type DenialObject, isRecord } from "@agentos/contract";
import { readReference } from "../../input/read-reference.ts";
import type { Context } from "../../program/context.ts";
import { ExitCode } from "../../program/exit-codes.ts";
import { CliFailure } from "../../program/failure.ts";
import { showUntrusted } from "../../program/terminal.ts";
import { formatJson } from "../../text/format-json.ts";
import { concealReport } from "../conceal-report.ts";
import { AUTHORIZATION_HEADER, readLocation, stripLocation } from "../credential-location.ts";
import { isAboutAddress } from "../exit-code.ts";
import { assertConfidential, readAddress } from "../read-address.ts";
import type { Finding } from "../report.ts";
import {
  askDenial,
  askDenialCounts,
  askDenials,
  type DenialAnswer,
  type DenialCountQuery,
  type DenialQuery,
  type DenialServer,
} from "./ask-denials.ts";
import { explainDenial } from "./explain-denial.ts";
import { explainNotShown } from "./explain-not-shown.ts";
import { printDenial, printDenialCounts, printDenials } from "./print-denial.ts";

export interface DenialOptions {
  readonly url: string;
  readonly token?: string;
  readonly header?: string;
  readonly cookie?: string;
  readonly insecureHttp?: true;
  readonly json?: true;
}

/** `agentos denials show`. */
export async function showDenial(id: string, options: DenialOptions, context: Context): Promise<ExitCode> {
  const server = await readServer(options, context);
  const answer = await askDenial(id, server, context);
  if (answer.kind !== "found")
    return refuse(answer, { seenAt: "GET /authz/denials/ID", server, options, context });
  const denial = concealDenial(answer.found, server.token);
  if (options.json) context.terminal.print(formatJson({ denial, causes: explainDenial(denial, context) }));
  else printDenial(denial, context);
  return ExitCode.ok;
}

/** `agentos denials list`. */
export async function listDenials(
  query: DenialQuery,
  options: DenialOptions,
  context: Context,
): Promise<ExitCode> {
  const server = await readServer(options, context);
  const answer = await askDenials(query, server, context);
  if (answer.kind !== "found")
    return refuse(answer, { seenAt: "GET /authz/denials", server, options, context });
  const { totalCount } = answer.found;
  const denials = answer.found.denials.map((denial) => concealDenial(denial, server.token));
  if (options.json) context.terminal.print(formatJson({ total_count: totalCount ?? null, denials }));
  else printDenials({ denials, totalCount, query }, context);
  return ExitCode.ok;
}

/** `agentos denials count`. */
export async function countDenials(
  query: DenialCountQuery,
  options: DenialOptions,
  context: Context,
): Promise<ExitCode> {
  const server = await readServer(options, context);
  const answer = await askDenialCounts(query, server, context);
  if (answer.kind !== "found")
    return refuse(answer, { seenAt: "GET /authz/denials/counts", server, options, context });
  // A code of the catalogue is no part of a token, even where one has it in a claim.
  const { totalCount } = answer.found;
  const groups = answer.found.groups.map((group) => ({
    ...group,
    value: isErrorCode(group.value ?? "") ? group.value : concealReport(group.value, server.token),
  }));
  if (options.json)
    context.terminal.print(formatJson({ by: query.by, total_count: totalCount ?? null, groups }));
  else printDenialCounts({ groups, totalCount, query }, context);
  return ExitCode.ok;
}

/** Unlike in a report of our own, codes and the names of facts are the server's words too. */
function concealDenial(denial: DenialObject, token: string | undefined): DenialObject {
  const code = isErrorCode(denial.code) ? denial.code : concealReport(denial.code, token);
  if (denial.view === "caller") return { ...concealReport(denial, token), code };
  const facts = Object.fromEntries(concealReport(Object.entries(denial.facts), token));
  return { ...concealReport(denial, token), code, facts };
}

async function readServer(options: DenialOptions, context: Context): Promise<DenialServer> {
  const { base } = readAddress(options.url);
  const location = readLocation(options, { hasUrl: true });
  if (options.token === undefined) return { base, token: undefined, location };
  assertConfidential(base, { isInsecureHttp: options.insecureHttp === true });
  const { text } = await readReference(options.token, context, { what: "token", bare: "value" });
  return { base, token: stripLocation(text, location ?? AUTHORIZATION_HEADER), location };
}

interface Refused {
  readonly seenAt: string;
  readonly server: DenialServer;
  readonly options: DenialOptions;
  readonly context: Context;
}

type NotFound = Exclude<DenialAnswer<unknown>, { readonly kind: "found" }>;

function refuse(answer: NotFound, { seenAt, server, options, context }: Refused): ExitCode {
  assertQueryIsTaken(answer);
  const findings = concealReport(explainNotShown(answer, { seenAt, server, context }), server.token);
  const { print, note, paintNote } = context.terminal;
  if (options.json) print(formatJson({ findings }));
  else
    for (const { sentence, fix, code, serverSaid } of findings) {
      note(`${paintNote("red", "error:")} ${showUntrusted(sentence)} ${paintNote("dim", `[${code}]`)}`);
      if (serverSaid !== undefined) note(`  said: "${serverSaid}" (the server's own words)`);
      note(`  fix: ${showUntrusted(fix)}`);
    }
  return exitCodeOf(findings);
}

/** What can be asked for by who may ask for it; the rest of a query is checked before it is sent. */
const OPERATORS_OPTIONS = new Set(["by", "client", "subject"]);

/** The server knows who asks, and what they may not know is refused there. */
function assertQueryIsTaken(answer: NotFound): void {
  if (answer.kind !== "asked" || answer.asked.kind !== "answer" || answer.asked.status !== 422) return;
  const detail = answer.asked.body?.["detail"];
  const names = (Array.isArray(detail) ? detail : []).flatMap((issue: unknown) => {
    const loc = isRecord(issue) ? issue["loc"] : undefined;
    const name: unknown = Array.isArray(loc) ? loc[1] : undefined;
    return typeof name === "string" && OPERATORS_OPTIONS.has(name) ? [`--${name}`] : [];
  });
  if (names.length === 0) return;
  throw new CliFailure(`the server does not tell this caller anything by ${names.join(" and ")}`, {
    fix: 'ask with a token that holds "authz:read", or leave the option out',
  });
}

function exitCodeOf(findings: readonly Finding[]): ExitCode {
  if (findings.some((finding) => isAboutAddress(finding) || NOT_THERE.has(finding.code)))
    return ExitCode.failed;
  return findings.some(({ certainty }) => certainty !== "cannot tell")
    ? ExitCode.denied
    : ExitCode.cannotTell;
}

const NOT_THERE = new Set<string>(["CLI_DENIAL_UNKNOWN", "CLI_DENIALS_NOT_SERVED"]);
