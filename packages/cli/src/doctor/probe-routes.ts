/** Asks routes without and with the token, and explains every refusal. The same for a running server and a configuration. */
import {
  type AuthMode,
  type Cause,
  type CheckedToken,
  type CredentialKind,
  classifyCredential,
  diagnose,
  type KnownServer,
} from "@agentos/auth";
import type { CredentialLocation } from "@agentos/guard";
import type { Context } from "../program/context.ts";
import type { Answered, Ask, Asked } from "./ask.ts";
import { AUTHORIZATION_HEADER, describeLocation, isSameLocation } from "./credential-location.ts";
import { explainLost } from "./explain-lost.ts";
import { fromUnanswered, toFinding } from "./findings.ts";
import { explainUnclear, readVerdict, type Verdict } from "./read-verdict.ts";
import type { AnsweredRequest, Check, DoctorRequest, Finding } from "./report.ts";

export interface Probe {
  readonly ask: Ask;
  /** Where `ask` puts the token. */
  readonly location: CredentialLocation;
  readonly server: KnownServer;
  readonly requests: readonly DoctorRequest[];
  readonly token: string | undefined;
  /** What the keys that were given beside the token say about it. */
  readonly checked: CheckedToken | undefined;
  readonly context: Context;
}

export interface Probed {
  readonly server: KnownServer;
  readonly checks: readonly Check[];
  readonly findings: readonly Finding[];
  /** A request was let in with the token, and the same without it was not. */
  readonly isTokenChecked: boolean;
  /** What became of each request with the token that was sent and answered by an AgentOS. */
  readonly answers: readonly AnsweredRequest[];
}

/** Asks one route after the other. */
export async function probeRoutes(probe: Probe): Promise<Probed> {
  const checks: Check[] = [];
  const findings: Finding[] = [];
  const answers: AnsweredRequest[] = [];
  let { server } = probe;
  let isTokenChecked = false;
  for (const request of probe.requests) {
    let isRefusedBare = false;
    if (request.method === "GET") {
      const bare = await probe.ask({ path: request.path });
      if (bare.kind === "answer") server = learnMode(server, bare);
      const probed = probeBare(bare, request, server, probe);
      checks.push(...probed.checks);
      findings.push(...probed.findings);
      isRefusedBare = probed.isRefused;
    }
    if (probe.token === undefined) continue;
    const asked = await probeWithToken({ ...probe, server, token: probe.token, isRefusedBare }, request);
    checks.push(asked.check);
    findings.push(...asked.findings);
    if (asked.isLetIn !== undefined)
      answers.push({
        name: `${request.method} ${request.path}`,
        isLetIn: asked.isLetIn,
        findings: asked.findings,
      });
    isTokenChecked ||= asked.isTokenChecked;
  }
  return { server, checks, findings, isTokenChecked, answers };
}

function probeBare(
  bare: Asked,
  request: DoctorRequest,
  server: KnownServer,
  { token, context: { cli } }: Probe,
): Pick<Probed, "checks" | "findings"> & { readonly isRefused: boolean } {
  const name = `${request.method} ${request.path} without a token`;
  // With a token the same request says what is wrong.
  const isAlone = token === undefined;
  if (bare.kind === "answer") {
    const verdict = readVerdict(bare, request.matched);
    const isUnclear = verdict === "redirected" || verdict === "unclear";
    return {
      checks: [{ name, ...describeBare(verdict, bare.status, request, server) }],
      findings: isUnclear && isAlone ? [explainUnclear(verdict, bare, { seenAt: name, cli })] : [],
      isRefused: bare.status === 401 || bare.status === 403 || verdict === "redirected",
    };
  }
  if (bare.kind === "not sendable" || !isAlone) return { checks: [], findings: [], isRefused: false };
  return {
    checks: [{ name, outcome: "failed", text: "no answer" }],
    findings: [fromUnanswered(bare, { seenAt: name, cli })],
    isRefused: false,
  };
}

interface WithToken extends Probe {
  readonly token: string;
  /** Without the token the same request was refused. */
  readonly isRefusedBare: boolean;
}

async function probeWithToken(
  { ask, location, server, token, checked, isRefusedBare, context }: WithToken,
  request: DoctorRequest,
): Promise<{
  readonly check: Check;
  readonly findings: readonly Finding[];
  readonly isTokenChecked: boolean;
  /** Undefined: it was not sent, or no AgentOS answered. */
  readonly isLetIn?: boolean;
}> {
  const name = `${request.method} ${request.path}`;
  const isUsual = isSameLocation(location, AUTHORIZATION_HEADER);
  const seenAt = `${name} with the token${isUsual ? "" : ` in ${describeLocation(location)}`}`;
  const base = {
    server,
    credential: token,
    now: context.now(),
    cli: context.cli,
    ...(request.matched === undefined ? {} : { request: request.matched }),
  };
  const told = (outcome: Check["outcome"], text: string, findings: readonly Finding[]) => {
    return { check: { name: seenAt, outcome, text }, findings, isTokenChecked: false };
  };
  // Only reading is asked for: a doctor changes nothing. Anything else is judged from the token.
  const asked = request.method === "GET" ? await ask({ path: request.path, token }) : undefined;
  if (asked?.kind === "fault")
    return told("failed", "no answer", [fromUnanswered(asked, { seenAt, cli: context.cli })]);
  if (asked?.kind !== "answer") {
    const findings = diagnose(base).map((cause) => toFinding(cause, { seenAt }));
    return asked === undefined
      ? told(findings.length === 0 ? "ok" : "failed", "not sent; judged from the token", findings)
      : told("failed", `cannot be sent in a ${location.in}`, findings);
  }
  const verdict = readVerdict(asked, request.matched);
  if (verdict === "let in") {
    const text = isRefusedBare ? describeAccepted(asked.status) : `${asked.status}: answered as without it`;
    return { ...told("ok", text, []), isTokenChecked: isRefusedBare, isLetIn: true };
  }
  if (verdict !== "refused")
    return told("failed", describeUnclear(verdict, asked.status), [
      explainUnclear(verdict, asked, { seenAt, cli: context.cli }),
    ]);

  const detail = readText(asked, "detail");
  const causes = diagnose({
    ...base,
    answer: {
      status: asked.status,
      code: readText(asked, "code"),
      detail,
      requiredScopes: readTexts(asked, "required_scopes"),
      serverTime: asked.serverTime,
    },
  });
  const serverSaid = detail ?? readText(asked, "title");
  const explain = (cause: Cause) =>
    explainLost(addSignature(cause, checked), { detail, fix: readText(asked, "fix") }, location);
  const found = causes.map((cause) => toFinding(explain(cause), { seenAt, serverSaid }));
  return { ...told("failed", String(asked.status), found), isLetIn: false };
}

function describeAccepted(status: number): string {
  if (status === 404) return "404: the token is accepted; there is no such item or route";
  return status < 400
    ? `${status}: accepted`
    : `${status}: the token is accepted, the request is not complete`;
}

function describeUnclear(verdict: Extract<Verdict, "redirected" | "unclear">, status: number): string {
  return verdict === "redirected"
    ? `${status}: a redirect, which is not followed`
    : `${status}: not as an AgentOS answers`;
}

/** A key that was given beside the token settles whose signature it is. */
function addSignature(cause: Cause, checked: CheckedToken | undefined): Cause {
  if (
    checked === undefined ||
    checked.signature === "not checked" ||
    cause.code !== "AUTH_SIGNED_BY_ANOTHER_KEY"
  )
    return cause;
  const fact =
    checked.signature === "verified"
      ? "the signature holds with the key that was given here, so the server has another one"
      : "the signature does not hold with the key that was given here either";
  return {
    ...cause,
    certainty: checked.signature === "verified" ? "certain" : cause.certainty,
    evidence: [...cause.evidence, { fact, source: "the command line" }],
  };
}

/** An old server tells no mode, but what it misses without a credential does (contract 1.6). */
function learnMode(server: KnownServer, answer: Answered): KnownServer {
  if (server.policy.mode !== undefined || answer.status !== 401) return server;
  const learn = (mode: AuthMode) => ({ ...server, policy: { ...server.policy, mode } });
  const detail = readText(answer, "detail") ?? "";
  if (detail === "Authorization header required") return learn("security_key");
  return /^Authorization header missing$|^JWT (cookie|token)\b/.test(detail) ? learn("jwt") : server;
}

function describeBare(
  verdict: Verdict,
  status: number,
  request: DoctorRequest,
  server: KnownServer,
): Omit<Check, "name"> {
  if (verdict === "redirected" || verdict === "unclear")
    return { outcome: "unknown", text: describeUnclear(verdict, status) };
  if (status === 401) return { outcome: "ok", text: "401, as it should" };
  if (verdict === "refused" || status >= 400) return { outcome: "unknown", text: String(status) };
  const isMeant = server.policy.mode === "none" || request.matched?.route.access.rule === "public";
  return { outcome: "ok", text: `${status}: open to everybody${isMeant ? "" : ", whatever its mode says"}` };
}

export function readText({ body }: Answered, name: string): string | undefined {
  const value = body?.[name];
  return typeof value === "string" ? value.slice(0, 4_000) : undefined;
}

function readTexts({ body }: Answered, name: string): readonly string[] | undefined {
  const value = body?.[name];
  return Array.isArray(value)
    ? value.filter((entry): entry is string => typeof entry === "string").slice(0, 50)
    : undefined;
}

const KINDS: Readonly<Record<CredentialKind, string>> = {
  none: "is empty",
  jwt: "looks like a JWT",
  "service account token": "looks like a service account token",
  "header with another form": "is not of the form of a bearer credential",
  "header with the scheme twice": 'has the word "Bearer" twice',
  "security key or other text": "looks like a security key, or is no token at all",
};

/** What a credential looks like, for people. */
export function describeCredential(token: string | undefined): string {
  return KINDS[classifyCredential(token)];
}
