/** Examines a running AgentOS, ours or the Python one, as a client sees it. */
import {
  type AuthMode,
  CLOCK_SKEW_SECONDS,
  isSigningAlgorithm,
  type KnownServer,
  listAlgorithms,
} from "@agentos/auth";
import { formatDuration } from "@agentos/contract/text";
import type { CredentialLocation } from "@agentos/guard";
import type { Context } from "../program/context.ts";
import { type Answered, type Asked } from "./ask.ts";
import { askUrl } from "./ask-url.ts";
import { compareToken } from "./compare-token.ts";
import { AUTHORIZATION_HEADER } from "./credential-location.ts";
import { fromUnanswered, makeFinding, mergeFindings, quoteServer } from "./findings.ts";
import { probeRoutes } from "./probe-routes.ts";
import { readText } from "./read-body.ts";
import { isRedirect } from "./read-verdict.ts";
import {
  type Check,
  type CheckedWithKeys,
  type DoctorRequest,
  type Examined,
  type Finding,
  UNASKED,
} from "./report.ts";

export interface ExamineUrlOptions {
  readonly requests: readonly DoctorRequest[];
  readonly token: string | undefined;
  readonly checked: CheckedWithKeys | undefined;
  /** Where the server reads the token. Default: the header "Authorization". */
  readonly location?: CredentialLocation | undefined;
  /** For each answer of the server. Default 5000. */
  readonly timeoutMs?: number | undefined;
}

/** Prefixes under which proxies commonly mount an application. */
const USUAL_PREFIXES = ["/api", "/v1", "/agentos"];

/** Examines it. `base` has no slash at its end. */
export async function examineUrl(
  base: string,
  options: ExamineUrlOptions,
  context: Context,
): Promise<Examined> {
  const { timeoutMs, location = AUTHORIZATION_HEADER } = options;
  const ask = askUrl(base, { now: context.now, location, timeoutMs });
  const [health, info] = await Promise.all([ask({ path: "/health" }), ask({ path: "/info" })]);
  const checks = [describeCheck("GET /health", health), describeCheck("GET /info", info)];
  const stop = (finding: Finding, summary: string): Examined => {
    const place = { kind: "url", name: base, summary, server: undefined, traits: {} } as const;
    return { ...place, ...UNASKED, checks, findings: [finding] };
  };

  for (const [name, asked] of [
    ["GET /info", info],
    ["GET /health", health],
  ] as const) {
    if (asked.kind === "fault")
      return stop(fromUnanswered(asked, { seenAt: name, cli: context.cli }), "no answer");
  }
  if (info.kind !== "answer" || health.kind !== "answer")
    throw new TypeError("INVARIANT: nothing else was sent");
  if (isRedirect(info.status)) {
    const suggestion = suggestHttps(base, info.location);
    const facts = { status: info.status, ...(suggestion === undefined ? {} : { suggestion }) };
    const parts = { code: "CLI_SERVER_REDIRECTS", facts } as const;
    return stop(makeFinding({ ...parts, level: "error", seenAt: "GET /info" }, context.cli), "a redirect");
  }
  const known = recognise(info, health);
  if (known === undefined)
    return stop(await explainStranger(base, info, { ...context, timeoutMs }), "not an AgentOS");
  // Every AgentOS refuses a path that it does not have like an old one refuses /info.
  const elsewhere = known.lacksInfo ? await findElsewhere(base, [], { ...context, timeoutMs }) : undefined;
  if (elsewhere !== undefined) return stop(elsewhere, "not here");

  const probed = await probeRoutes({ ask, server: known, context, ...options, location });
  const clockSeconds = clockDifference(info);
  const clock = findClockFault(clockSeconds, probed.findings, context);
  const { server } = probed;
  return {
    kind: "url",
    name: base,
    summary: summarize(server, info),
    server,
    traits: {
      mode: server.policy.mode,
      version: server.version,
      osId: server.policy.id,
      algorithms: server.keys && listAlgorithms(server.keys).join(", "),
      clockSeconds,
    },
    checks: [...checks, ...probed.checks],
    isTokenChecked: probed.isTokenChecked,
    isAccepted: probed.isAccepted,
    openQuestion: probed.openQuestion,
    tokenRows: compareToken(options.token, server, context.now()),
    opensNothing: probed.opensNothing,
    answers: probed.answers,
    findings: mergeFindings([...probed.findings, ...clock]),
  };
}

/** What is known of the server, or undefined when it is no AgentOS. Nothing it says is believed beyond its form. */
function recognise(info: Answered, health: Answered): KnownServer | undefined {
  const id = readText(info, "os_id");
  if (info.status === 200 && id !== undefined) {
    const algorithms = info.body?.["algorithms"];
    const version = readText(info, "agno_version");
    const mode = MODES.find((name) => name === info.body?.["auth_mode"]);
    return {
      source: "GET /info",
      policy: { id: quoteServer(id), ...(mode === undefined ? {} : { mode }) },
      version: version !== undefined && /^[\w.+-]{1,40}$/.test(version) ? version : undefined,
      isPython: readText(info, "server_version") === undefined,
      ...(Array.isArray(algorithms) ? { keys: [{ algorithms: algorithms.filter(isSigningAlgorithm) }] } : {}),
    };
  }
  // Old versions have no /info; with a credential configured they refuse it like any unknown path (contract 1.3).
  const refusesLikeAgentOS = /^(Authorization header (missing|required)|JWT (cookie|token) )/.test(
    readText(info, "detail") ?? "",
  );
  const isHealthy = health.status === 200 && readText(health, "status") === "ok";
  return refusesLikeAgentOS || (isHealthy && readText(info, "detail") === "Not Found")
    ? { source: "the answer", isPython: true, lacksInfo: true, policy: {} }
    : undefined;
}

/** Only the same host with https is named: anywhere else a server may want a token that is not for it. */
function suggestHttps(base: string, location: string | undefined): string | undefined {
  if (location === undefined || !URL.canParse(location, base)) return undefined;
  const [from, to] = [new URL(base), new URL(location, base)];
  if (from.protocol !== "http:" || to.protocol !== "https:" || from.hostname !== to.hostname)
    return undefined;
  const port = to.port === "" ? "" : `:${to.port}`;
  return `give the address https://${to.hostname}${port}${from.pathname.replace(/\/$/, "")}`;
}

const MODES: readonly AuthMode[] = ["jwt", "jwt-unverified", "security_key", "none"];

/** The AgentOS under a shorter path of the same server, or under one of these. */
async function findElsewhere(
  base: string,
  usual: readonly string[],
  { cli, now, timeoutMs }: Pick<Context, "cli" | "now"> & Pick<ExamineUrlOptions, "timeoutMs">,
): Promise<Finding | undefined> {
  const { origin, pathname } = new URL(base);
  const parents = pathname
    .split("/")
    .slice(1, -1)
    .map((_, index, segments) => `/${segments.slice(0, segments.length - index).join("/")}`);
  const prefixes = [...new Set([...(pathname === "/" ? [] : [...parents, ""]), ...usual])];
  for (const prefix of prefixes) {
    const asked = await askUrl(`${origin}${prefix}`, { now, timeoutMs })({ path: "/info" });
    if (asked.kind === "fault") break;
    if (asked.kind === "answer" && asked.status === 200 && readText(asked, "os_id") !== undefined) {
      const facts = { prefix: prefix === "" ? "/" : prefix };
      return makeFinding({ code: "CLI_PATH_PREFIX_WRONG", facts, level: "error", seenAt: "GET /info" }, cli);
    }
  }
  return undefined;
}

/** Something answers: perhaps the AgentOS is there, under another path. */
async function explainStranger(
  base: string,
  info: Answered,
  { cli, now, timeoutMs }: Context & Pick<ExamineUrlOptions, "timeoutMs">,
): Promise<Finding> {
  const elsewhere = await findElsewhere(base, USUAL_PREFIXES, { cli, now, timeoutMs });
  if (elsewhere !== undefined) return elsewhere;
  const reason =
    info.body === undefined
      ? `GET /info answers ${info.status} without JSON`
      : `GET /info answers ${info.status} without "os_id"`;
  return makeFinding(
    { code: "CLI_SERVER_NOT_AGENTOS", facts: { reason }, level: "error", seenAt: "GET /info" },
    cli,
  );
}

function describeCheck(name: string, asked: Asked): Check {
  if (asked.kind !== "answer") return { name, outcome: "failed", text: "no answer" };
  const outcome = asked.status === 200 && asked.body !== undefined ? "ok" : "unknown";
  return { name, outcome, text: `${asked.status} in ${asked.milliseconds} ms` };
}

/** The `Date` header has whole seconds; half of one is its middle. */
function clockDifference({ serverTime, askedAt, milliseconds }: Answered): number | undefined {
  if (serverTime === undefined) return undefined;
  return Math.round(serverTime + 0.5 - (askedAt + milliseconds / 2_000));
}

function findClockFault(
  seconds: number | undefined,
  others: readonly Finding[],
  { cli }: Context,
): readonly Finding[] {
  // Closer together a server allows for it.
  if (seconds === undefined || Math.abs(seconds) <= CLOCK_SKEW_SECONDS) return [];
  if (others.some(({ code }) => code === "AUTH_CLOCKS_DIFFER")) return [];
  const difference = formatDuration(seconds);
  const fact = `the server's clock is ${difference} ${seconds > 0 ? "ahead of" : "behind"} this machine's`;
  return [
    makeFinding(
      {
        code: "AUTH_CLOCKS_DIFFER",
        facts: { difference, clocks: "this machine and the server" },
        evidence: [{ fact, source: "GET /info" }],
        level: "warning",
        seenAt: "GET /info",
      },
      cli,
    ),
  ];
}

function summarize({ version: told, policy, keys }: KnownServer, info: Answered): string {
  const own = readText(info, "server_version");
  const version = told ?? "of an unknown version";
  return [
    `AgentOS ${version}${own === undefined ? "" : ` (TypeScript, ${quoteServer(own.slice(0, 20))})`}`,
    `mode ${policy.mode ?? "not told"}`,
    ...(keys === undefined ? [] : [`expects ${listAlgorithms(keys).join(", ")}`]),
    ...(policy.id === undefined ? [] : [`id ${policy.id}`]),
  ].join(", ");
}
