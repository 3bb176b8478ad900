/** What both commands about recorded refusals have in common: whom they ask, as whom, and how they end. */

import { isErrorCode } from "@agentos/auth";
import type { DenialObject } from "@agentos/contract";
import { readReference } from "../../input/read-reference.ts";
import type { Context } from "../../program/context.ts";
import { ExitCode } from "../../program/exit-codes.ts";
import { showUntrusted } from "../../program/terminal.ts";
import { formatJson } from "../../text/format-json.ts";
import { concealReport } from "../conceal-report.ts";
import { AUTHORIZATION_HEADER, readLocation, stripLocation } from "../credential-location.ts";
import { isAboutAddress } from "../exit-code.ts";
import { assertConfidential, readAddress } from "../read-address.ts";
import type { Finding } from "../report.ts";
import {
  askDenial,
  askDenials,
  type DenialAnswer,
  type DenialQuery,
  type DenialServer,
} from "./ask-denials.ts";
import { explainDenial } from "./explain-denial.ts";
import { explainNotShown } from "./explain-not-shown.ts";
import { printDenial, printDenials } from "./print-denial.ts";

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
  else printDenials(denials, totalCount, context);
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

function refuse(
  answer: Exclude<DenialAnswer<unknown>, { readonly kind: "found" }>,
  { seenAt, server, options, context }: Refused,
): ExitCode {
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

function exitCodeOf(findings: readonly Finding[]): ExitCode {
  if (findings.some((finding) => isAboutAddress(finding) || NOT_THERE.has(finding.code)))
    return ExitCode.failed;
  return findings.some(({ certainty }) => certainty !== "cannot tell")
    ? ExitCode.denied
    : ExitCode.cannotTell;
}

const NOT_THERE = new Set<string>(["CLI_DENIAL_UNKNOWN", "CLI_DENIALS_NOT_SERVED"]);
