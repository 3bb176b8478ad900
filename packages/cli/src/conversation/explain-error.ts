/** What a person reads when a request was refused or not answered: the cause first, whose words it is, and what to do. */
import { type AgentOSRefusal, type ConnectionFault, type InvalidInput, isClientError } from "@agentos/client";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { showUntrusted } from "../program/terminal.ts";
import { formatJson } from "../text/format-json.ts";

export interface ExplainOptions {
  /** Address of the server. */
  readonly baseUrl: string;
  readonly isJson: boolean;
}

/** Says it on standard error, or as JSON on standard output; anything but an error of the client is thrown on. */
export function explainError(
  error: unknown,
  { baseUrl, isJson }: ExplainOptions,
  { terminal, cli }: Context,
): ExitCode {
  if (!isClientError(error)) throw error;
  const { lines, exitCode, facts } = describe(error, { baseUrl, cli });
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

function describeRefusal(refusal: AgentOSRefusal, { baseUrl, cli }: Surroundings): Described {
  const { status, code, title, detail, fix, denialId, missingScopes } = refusal;
  const isDenied = status === 401 || status === 403;
  const shownCode = code === undefined ? "" : ` [${code}]`;
  const words = " (the server's own words)";
  return {
    lines: [
      `${isDenied ? "refused" : "not done"} with status ${status}: ${showUntrusted(title ?? detail)}${shownCode}`,
      ...(title === undefined || title === detail ? [] : [`said: "${showUntrusted(detail)}"${words}`]),
      ...(missingScopes.length === 0
        ? []
        : [`lacking: ${missingScopes.map((scope) => showUntrusted(scope)).join(", ")}`]),
      `fix: ${fix === undefined ? suggestFix(status, { baseUrl, cli }) : `${showUntrusted(fix)}${words}`}`,
      ...(denialId === undefined ? [] : [describeDenial(denialId, { baseUrl, cli })]),
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
function describeDenial(denialId: string, { baseUrl, cli }: Surroundings): string {
  const id = showUntrusted(denialId);
  return /^den_[\w-]{1,64}$/.test(denialId)
    ? `denial id: ${id}; \`${cli} denials show ${id} --url ${showUntrusted(baseUrl)} --token …\` says more`
    : `denial id: ${id}`;
}

/** A Python AgentOS says no fix. */
function suggestFix(status: number, { baseUrl, cli }: Surroundings): string {
  if (status === 401 || status === 403)
    return `give a token that this server accepts with --token; \`${cli} doctor --url ${showUntrusted(baseUrl)} --token …\` finds out why it refuses one`;
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
