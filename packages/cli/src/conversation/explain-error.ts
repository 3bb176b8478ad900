/** What a person reads when a request was refused or not answered: the cause first, whose words it is, and what to do. */
import { type AgentOSRefusal, type ConnectionFault, type InvalidInput, isClientError } from "@agentos/client";
import { ERRORS, renderNeutral } from "@agentos/contract";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { showUntrusted } from "../program/terminal.ts";
import { formatJson } from "../text/format-json.ts";
import { TOKEN_VARIABLE } from "./open-agentos.ts";

export interface ExplainOptions {
  /** Address of the server. */
  readonly baseUrl: string;
  /** As it was typed. */
  readonly token?: string | undefined;
  readonly isJson: boolean;
}

/** Says it on standard error, or as JSON on standard output; anything but an error of the client is thrown on. */
export function explainError(
  error: unknown,
  { baseUrl, token, isJson }: ExplainOptions,
  { terminal, cli, env }: Context,
): ExitCode {
  if (!isClientError(error)) throw error;
  const credential = nameCredential(token, env);
  const { lines, exitCode, facts } = describe(error, { baseUrl, cli, credential });
  if (isJson) terminal.print(formatJson({ error: facts }, { isOneLine: true }));
  else
    lines.forEach((line, index) =>
      terminal.note(index === 0 ? `${terminal.paintNote("red", "error:")} ${line}` : `  ${line}`),
    );
  return exitCode;
}

interface Surroundings {
  readonly baseUrl: string;
  readonly cli: string;
  /** What stands behind `--token` in a line to be pasted. */
  readonly credential: string;
}

/** Never a token itself. Where none was given, the one that `agentos dev` prints for whoever may read everything. */
function nameCredential(token: string | undefined, env: Context["env"]): string {
  if (token !== undefined) return /^(?:env|file):[\w./-]+$/.test(token) ? token : "env:TOKEN";
  return (env[TOKEN_VARIABLE] ?? "") === "" ? "env:ADMIN_TOKEN" : `env:${TOKEN_VARIABLE}`;
}

interface Described {
  readonly lines: readonly string[];
  readonly exitCode: ExitCode;
  readonly facts: Readonly<Record<string, unknown>>;
}

function describe(error: AgentOSRefusal | InvalidInput | ConnectionFault, around: Surroundings): Described {
  if (error.kind === "refusal") return describeRefusal(error, around);
  if (error.kind === "connection") return describeConnection(error, around);
  return {
    lines: [
      "the server cannot use what was sent",
      ...error.issues.map(
        ({ location, message }) =>
          `${showUntrusted(location.join("."))}: ${showUntrusted(message)} (the server's own words)`,
      ),
    ],
    exitCode: ExitCode.failed,
    facts: { status: error.status, issues: error.issues },
  };
}

function describeRefusal(refusal: AgentOSRefusal, around: Surroundings): Described {
  const { status, code, title, detail, fix, denialId, missingScopes } = refusal;
  const isDenied = status === 401 || status === 403;
  const words = " (the server's own words)";
  // A title that a server writes could say anything in our name: what a code means is looked up here.
  const entry = code !== undefined && Object.hasOwn(ERRORS, code) ? ERRORS[code] : undefined;
  const headline =
    entry === undefined
      ? `"${showUntrusted(title ?? detail)}"${words}`
      : `${renderNeutral(entry.title, around.cli)} [${code}]`;
  return {
    lines: [
      `${isDenied ? "refused" : "not done"} with status ${status}: ${headline}`,
      ...(entry === undefined && (title === undefined || title === detail)
        ? []
        : [`said: "${showUntrusted(detail)}"${words}`]),
      ...(missingScopes.length === 0
        ? []
        : [`lacking: ${missingScopes.map((scope) => showUntrusted(scope)).join(", ")}`]),
      `fix: ${fix === undefined ? suggestFix(status, around) : `${showUntrusted(fix)}${words}`}`,
      ...(denialId === undefined ? [] : [describeDenial(denialId, around)]),
    ],
    exitCode: isDenied ? ExitCode.denied : ExitCode.failed,
    facts: {
      status,
      code: code ?? null,
      title: title ?? null,
      detail,
      fix: fix ?? null,
      denial_id: denialId ?? null,
      missing_scopes: missingScopes,
    },
  };
}

/** Only what is nothing but an id stands in a line to be pasted. */
function describeDenial(denialId: string, { baseUrl, cli, credential }: Surroundings): string {
  const id = showUntrusted(denialId);
  return /^den_[\w-]{1,64}$/.test(denialId)
    ? `denial id: ${id}; \`${cli} denials show ${id} --url ${showUntrusted(baseUrl)} --token ${credential}\` says more`
    : `denial id: ${id}`;
}

/** A Python AgentOS says no fix. */
function suggestFix(status: number, { baseUrl, cli, credential }: Surroundings): string {
  if (status === 401 || status === 403)
    return `give a token that this server accepts with --token; \`${cli} doctor --url ${showUntrusted(baseUrl)} --token ${credential}\` finds out why it refuses one`;
  if (status === 404) return "check the id; what there is, the server's lists say";
  return "try again later; the operator's log has the cause";
}

const CONNECTION_FIXES: Readonly<Record<ConnectionFault["reason"], string>> = {
  unreachable: "start the server, or give its address with --url",
  "timed-out": "try again; what was asked for may have been done",
  aborted: "run it again",
  redirected: "give the address that it leads to with --url",
  "not-agentos": "check the address after --url: another server, or the page of a proxy, has answered",
  "too-large": "ask for less",
  "stream-lost": "the run may have gone on: look at its session, then ask again",
  "no-token": "give a token that can be sent with --token",
};

function describeConnection(fault: ConnectionFault, { baseUrl }: Surroundings): Described {
  const { reason, message, run } = fault;
  // What has been sent may have been done.
  const isUnknown = reason === "timed-out" || reason === "stream-lost";
  return {
    lines: [
      `${showUntrusted(message)}; asked was ${showUntrusted(baseUrl)}`,
      `fix: ${CONNECTION_FIXES[reason]}`,
    ],
    exitCode: isUnknown ? ExitCode.cannotTell : ExitCode.failed,
    facts: {
      reason,
      message,
      ...(run === undefined ? {} : { run_id: run.runId, session_id: run.sessionId }),
    },
  };
}
