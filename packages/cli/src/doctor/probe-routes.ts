/** Asks routes without and with the token, and explains every refusal. The same for a running server and a configuration. */
import { type AuthMode, type Cause, type CompiledRoute, diagnose, type KnownServer } from "@agentos/auth";
import type { CredentialLocation } from "@agentos/guard";
import type { Context } from "../program/context.ts";
import type { Answered, Ask, Asked } from "./ask.ts";
import { AUTHORIZATION_HEADER, describeLocation, isSameLocation } from "./credential-location.ts";
import { explainAbsent } from "./explain-absent.ts";
import { explainLost } from "./explain-lost.ts";
import { findNoRoute, type OpensNothing } from "./find-no-route.ts";
import { findScopeSlips } from "./find-scope-slips.ts";
import { fromUnanswered, joinWords, toFinding } from "./findings.ts";
import { isAboutScopes, judgeUnsent } from "./judge-unsent.ts";
import { planRequests, USUAL } from "./plan-requests.ts";
import { readDenialId, readText, readTexts } from "./read-body.ts";
import { explainUnclear, readVerdict, type Verdict } from "./read-verdict.ts";
import type { AnsweredRequest, Check, CheckedWithKeys, DoctorRequest, Finding } from "./report.ts";

export interface Probe {
  readonly ask: Ask;
  /** Where `ask` puts the token. */
  readonly location: CredentialLocation;
  readonly server: KnownServer;
  readonly requests: readonly DoctorRequest[];
  /** Every route with the access in force, where that is known. Default: the routes of the contract. */
  readonly routes?: readonly CompiledRoute[] | undefined;
  readonly token: string | undefined;
  /** What the keys that were given beside the token say about it. */
  readonly checked: CheckedWithKeys | undefined;
  readonly context: Context;
}

export interface Probed {
  readonly server: KnownServer;
  readonly checks: readonly Check[];
  readonly findings: readonly Finding[];
  /** A request was let in with the token, and the same without it was not. */
  readonly isTokenChecked: boolean;
  /** Every request that was asked about was sent and let in, and the token is why (or the server is open to everybody). */
  readonly isAccepted: boolean;
  /** Why that is not so, where no finding says it. */
  readonly openQuestion: string | undefined;
  /** The token was let in, and none of its scopes opens a route: in a sentence. */
  readonly opensNothing: string | undefined;
  /** What became of each request with the token that was sent and answered by an AgentOS. */
  readonly answers: readonly AnsweredRequest[];
}

/** Asks one route after the other: first those that are sent, since their answers say how to judge the others. */
export async function probeRoutes(probe: Probe): Promise<Probed> {
  const { token, context } = probe;
  const planned = planRequests(probe.requests, token, {
    server: probe.server,
    routes: probe.routes,
    now: context.now(),
  });
  const sent = planned.requests.filter(({ method }) => method === "GET");
  const unsent = planned.requests.filter(({ method }) => method !== "GET");
  const checks: Check[] = [];
  const findings: Finding[] = [];
  const answers: AnsweredRequest[] = [];
  let { server } = probe;
  let isTokenChecked = false;
  let isRefused = false;
  for (const request of [...(planned.proof === undefined ? [] : [planned.proof]), ...sent]) {
    const bare = await probe.ask({ path: request.path });
    if (bare.kind === "answer") server = learnMode(server, bare);
    const probed = probeBare(bare, request, server, probe);
    checks.push(...probed.checks);
    findings.push(...probed.findings);
    if (token === undefined) {
      if (bare.kind === "answer" && readVerdict(bare, request.matched) === "let in")
        answers.push({ name: `GET ${request.path}`, isLetIn: true, findings: [] });
      continue;
    }
    const isProof = request === planned.proof;
    const asked = await probeWithToken(
      { ...probe, server, token, isRefusedBare: probed.isRefused, isProof },
      request,
    );
    checks.push(asked.check);
    findings.push(...asked.findings);
    if (asked.isLetIn !== undefined && !isProof)
      answers.push({ name: `GET ${request.path}`, isLetIn: asked.isLetIn, findings: asked.findings });
    isTokenChecked ||= asked.isTokenChecked;
    isRefused ||= !asked.isTokenChecked && asked.isLetIn === false;
  }
  for (const request of unsent) {
    const judged = judgeUnsent(request, { ...probe, server, isTokenChecked, isRefused });
    checks.push(judged.check);
    findings.push(...judged.findings);
  }
  const isOpen = server.policy.mode === "none" && answers.some(({ isLetIn }) => isLetIn);
  const areAllLetIn =
    unsent.length === 0 && sent.length > 0 && answers.filter(({ isLetIn }) => isLetIn).length === sent.length;
  const isLetIn = areAllLetIn && (isTokenChecked || isOpen);
  const about = { server, now: context.now(), cli: context.cli, seenAt: "the token" };
  const isAsked = probe.requests.length > 0;
  const useless =
    token !== undefined && isLetIn && !isAsked && sent[0]?.path !== USUAL
      ? await confirmUseless(token, findNoRoute(token, { ...about, routes: probe.routes }), probe)
      : undefined;
  const isAccepted = isLetIn && useless === undefined;
  if (useless !== undefined) findings.push(...useless.findings);
  else if (token !== undefined && isAccepted && !isAsked) findings.push(...findScopeSlips(token, about));
  const openQuestion =
    isAccepted || findings.some(({ level }) => level === "error")
      ? undefined
      : describeOpenQuestion({ token, unsent, isTokenChecked });
  const opensNothing = useless?.sentence;
  return { server, checks, findings, isTokenChecked, isAccepted, openQuestion, opensNothing, answers };
}

/** Where scopes are not enforced, a token without them opens everything: the usual route says whether that is so. */
async function confirmUseless(
  token: string,
  useless: OpensNothing | undefined,
  { ask }: Probe,
): Promise<OpensNothing | undefined> {
  if (useless === undefined) return undefined;
  const asked = await ask({ path: USUAL, token });
  return asked.kind === "answer" && asked.status === 403 ? useless : undefined;
}

function describeOpenQuestion({
  token,
  unsent,
  isTokenChecked,
}: {
  readonly token: string | undefined;
  readonly unsent: readonly DoctorRequest[];
  readonly isTokenChecked: boolean;
}): string {
  if (token === undefined) return "no token was given, so none was let in";
  const names = unsent.map(({ method, path }) => `${method} ${path}`).join(", ");
  if (isTokenChecked && names !== "")
    return `the token is accepted; ${names} was not sent, since only GET is`;
  return "the answers are the same without the token, so nothing shows that it is accepted";
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
    const unclear =
      verdict === "absent"
        ? "unclear"
        : verdict === "redirected" || verdict === "unclear"
          ? verdict
          : undefined;
    return {
      checks: [{ name, ...describeBare(verdict, bare.status, request, server) }],
      findings:
        unclear !== undefined && isAlone ? [explainUnclear(unclear, bare, { seenAt: name, cli })] : [],
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
  /** Nobody asked about this route: what it requires is no cause. */
  readonly isProof: boolean;
}

async function probeWithToken(
  { ask, location, server, token, checked, isRefusedBare, isProof, context }: WithToken,
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
  const asked = await ask({ path: request.path, token });
  if (asked.kind === "fault")
    return told("failed", "no answer", [fromUnanswered(asked, { seenAt, cli: context.cli })]);
  if (asked.kind !== "answer") {
    const findings = diagnose(base).map((cause) => toFinding(cause, { seenAt }));
    return told("failed", `cannot be sent in a ${location.in}`, findings);
  }
  const verdict = readVerdict(asked, request.matched);
  if (verdict === "absent") {
    if (!isRefusedBare)
      return told("unknown", `${asked.status}, as without the token`, [
        explainUnclear("unclear", asked, { seenAt, cli: context.cli }),
      ]);
    const text = `${asked.status}: the token is accepted, and there is nothing at this path`;
    const absent = explainAbsent(request, readText(asked, "detail"), { seenAt, cli: context.cli });
    return { ...told("failed", text, [absent]), isTokenChecked: true, isLetIn: true };
  }
  if (verdict === "let in") {
    const text = isRefusedBare ? describeAccepted(asked.status) : `${asked.status}: answered as without it`;
    return { ...told("ok", text, []), isTokenChecked: isRefusedBare, isLetIn: true };
  }
  if (verdict !== "refused")
    return told("failed", describeUnclear(verdict, asked.status), [
      explainUnclear(verdict, asked, { seenAt, cli: context.cli }),
    ]);

  const detail = readText(asked, "detail");
  const said = { detail, title: readText(asked, "title") };
  const causes = diagnose({
    ...base,
    answer: {
      status: asked.status,
      code: readText(asked, "code"),
      ...said,
      fix: readText(asked, "fix"),
      requiredScopes: readTexts(asked, "required_scopes"),
      missingScopes: readTexts(asked, "missing_scopes"),
      serverTime: asked.serverTime,
    },
  });
  const explain = (cause: Cause) =>
    explainLost(addSignature(cause, checked), { detail, fix: readText(asked, "fix") }, location);
  const denialId = readDenialId(readText(asked, "denial_id"));
  const found = causes.map((cause) => {
    const serverSaid = joinWords(said, cause.sentence);
    return toFinding(explain(cause), { seenAt, serverSaid, denialId });
  });
  // Whoever names a missing scope has accepted the token.
  const isTokenChecked = found.length > 0 && found.every(isAboutScopes);
  if (isProof && isTokenChecked) {
    const text = `${asked.status}: the token is accepted, only the scope of this route is missing`;
    return { ...told("ok", text, []), isTokenChecked, isLetIn: true };
  }
  return { ...told("failed", String(asked.status), found), isTokenChecked, isLetIn: false };
}

function describeAccepted(status: number): string {
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
function addSignature(cause: Cause, checked: CheckedWithKeys | undefined): Cause {
  if (
    checked === undefined ||
    checked.signature === "not checked" ||
    !(cause.code === "AUTH_SIGNED_BY_ANOTHER_KEY" || cause.code === "AUTH_SIGNED_WITH_ANOTHER_SECRET")
  )
    return cause;
  if (checked.fittingForm !== undefined) {
    return {
      ...cause,
      certainty: "certain",
      evidence: [...cause.evidence, { fact: checked.fittingForm, source: "the command line" }],
      fix: `let both sides take the same bytes for the secret: ${checked.fittingForm}, the server the secret as it is given`,
    };
  }
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
  if (verdict === "absent") return { outcome: "unknown", text: `${status}: there is nothing at this path` };
  if (verdict === "refused" || status >= 400) return { outcome: "unknown", text: String(status) };
  const isMeant = server.policy.mode === "none" || request.matched?.route.access.rule === "public";
  return { outcome: "ok", text: `${status}: open to everybody${isMeant ? "" : ", whatever its mode says"}` };
}
