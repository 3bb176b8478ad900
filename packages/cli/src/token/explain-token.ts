/** A token route by route: allowed, or why not with the least scope to add; and first of all whether it is accepted. */
import {
  compileGrants,
  diagnose,
  findWithheldGrant,
  type HeldScopes,
  inspectToken,
  splitHeldScopes,
} from "@agentos/auth";
import { ADMIN_SCOPE } from "@agentos/contract";
import { readLocation } from "../doctor/credential-location.ts";
import { examineConfig } from "../doctor/examine-config.ts";
import { examineUrl } from "../doctor/examine-url.ts";
import { isAboutAddress, isAboutPath } from "../doctor/exit-code.ts";
import { toFinding } from "../doctor/findings.ts";
import { isAboutScopes } from "../doctor/judge-unsent.ts";
import { assertConfidential, readAddress } from "../doctor/read-address.ts";
import type { AnsweredRequest, DoctorRequest, Examined, Finding } from "../doctor/report.ts";
import type { Context } from "../program/context.ts";
import { listRoutes, type MatchedRoute } from "../scopes/route-table.ts";
import { type AccessVerdict, decideAccess } from "../text/explain-access.ts";

export interface ExplainedRoute {
  readonly route: string;
  readonly served: boolean;
  /** `not known`: the scopes would open it, but what their issuer may grant there is not known. */
  readonly outcome: "public" | "allowed" | "some items" | "denied" | "not known";
  /** What the server itself answered; null: it was not asked. */
  readonly answer: "let in" | "refused" | null;
  readonly granted_by: readonly string[];
  readonly items: readonly string[];
  readonly required_scopes: readonly string[];
  readonly missing_scopes: readonly string[];
  readonly scope_to_add: string | null;
  /** Of a route that is denied: the scope of the token that would open it, but that its issuer may not grant. */
  readonly scope_to_allow: string | null;
  /** Why it is denied. */
  readonly code: string | null;
}

export interface ExplainedToken {
  /** Where it was judged. */
  readonly judgedBy: string;
  /** True: nothing was judged, since the configuration has a fault; there are no routes then. */
  readonly isConfigurationFaulty: boolean;
  /** The whole policy is known, not only what a server tells of itself. */
  readonly isConfigurationKnown: boolean;
  /** Null: nobody has looked at the signature, or it cannot be told; then the findings say why. */
  readonly isAccepted: boolean | null;
  readonly findings: readonly Finding[];
  /** What a running server says of scopes that the issuer of the token may not grant there. */
  readonly refusals: readonly Finding[];
  /** Those that count. */
  readonly scopes: readonly string[];
  /** Named in the token, and nothing here: its issuer may not grant them. */
  readonly withheldScopes: readonly string[];
  /** False: what the issuer of the token may grant is known to the server alone. */
  readonly isCeilingKnown: boolean;
  /** False: a valid token may do everything, whatever its scopes. */
  readonly enforcesScopes: boolean;
  readonly routes: readonly ExplainedRoute[];
}

export interface ExplainTokenOptions {
  readonly config?: string | undefined;
  readonly url?: string | undefined;
  /** Where the server at `url` reads the token; default the header Authorization. */
  readonly header?: string | undefined;
  readonly cookie?: string | undefined;
  /** True: the token may go over http to another machine. */
  readonly insecureHttp?: boolean | undefined;
}

/** Explains it. Nothing of the token is in the answer but its scopes. */
export async function explainToken(
  token: string,
  options: ExplainTokenOptions,
  context: Context,
): Promise<ExplainedToken> {
  const examined = await examine(token, options, context);
  const server = examined?.server;
  const adminScope = server?.policy.adminScope ?? ADMIN_SCOPE;
  const claims = readClaims(token, context);
  const alone = diagnose({ credential: token, now: context.now(), cli: context.cli }).map((cause) =>
    toFinding(cause, { seenAt: "the token" }),
  );
  const errors = examined?.findings.filter((finding) => finding.level === "error" && !isAboutPath(finding));
  const findings = (errors ?? alone).filter((finding) => !isAboutScopes(finding));
  const isConfigurationFaulty = examined?.kind === "config" && server === undefined;
  const held: HeldScopes =
    claims === undefined ? { kept: [], withheld: [], isCeilingKnown: true } : splitHeldScopes(claims, server);
  const enforcesScopes = server?.policy.enforcesScopes !== false;
  const judged: Judged = {
    ...(enforcesScopes ? held : { kept: [adminScope], withheld: [] }),
    // Without a server the question is what the scopes open by themselves.
    isCeilingKnown: examined === undefined || !enforcesScopes || held.isCeilingKnown,
    adminScope,
    answers: examined?.answers ?? [],
  };
  return {
    judgedBy: examined?.name ?? "the token alone",
    isConfigurationFaulty,
    isConfigurationKnown: examined?.kind === "config" && !isConfigurationFaulty,
    isAccepted: isConfigurationFaulty ? null : findAcceptance(findings, examined),
    findings,
    refusals: examined?.kind === "url" ? (errors ?? []).filter(({ code }) => code === OVER_CEILING) : [],
    scopes: held.kept,
    withheldScopes: held.withheld,
    isCeilingKnown: examined !== undefined && held.isCeilingKnown,
    enforcesScopes,
    routes: isConfigurationFaulty
      ? []
      : listRoutes(adminScope, examined?.routes).map((route) => explainRoute(route, judged)),
  };
}

const OVER_CEILING: Finding["code"] = "SCOPE_OVER_CEILING";

function findAcceptance(findings: readonly Finding[], examined: Examined | undefined): boolean | null {
  if (findings.some((finding) => !isAboutAddress(finding) && finding.certainty !== "cannot tell"))
    return false;
  if (findings.length > 0 || examined === undefined) return null;
  // Whoever names a missing scope has accepted the token.
  return examined.isTokenChecked || examined.findings.some(isAboutScopes) ? true : null;
}

async function examine(
  token: string,
  { config, url, header, cookie, insecureHttp }: ExplainTokenOptions,
  context: Context,
): Promise<Examined | undefined> {
  const location = readLocation({ header, cookie }, { hasUrl: url !== undefined });
  const asked = { requests: listQuestions(), token, checked: undefined };
  if (config !== undefined) return examineConfig(config, asked, context);
  if (url === undefined) return undefined;
  const { base } = readAddress(url);
  assertConfidential(base, { isInsecureHttp: insecureHttp === true });
  return examineUrl(base, { ...asked, location }, context);
}

/** What can be asked without changing anything and without knowing an id: the server's own word for these routes. */
function listQuestions(): readonly DoctorRequest[] {
  return listRoutes(ADMIN_SCOPE)
    .filter(
      ({ route, isServed }) => isServed && route.method === "GET" && typeof route.access.rule !== "string",
    )
    .filter(({ route }) => !route.template.text.includes("{"))
    .map((matched) => ({ method: "GET", path: matched.route.template.text, matched }));
}

function readClaims(token: string, { now }: Context): Readonly<Record<string, unknown>> | undefined {
  return inspectToken(token, { policy: {}, algorithms: [], now: now() }).unverifiedClaims;
}

/** What the routes are decided by. */
interface Judged extends HeldScopes {
  readonly adminScope: string;
  readonly answers: readonly AnsweredRequest[];
}

/** The server's own answer counts first; then the decision that it would make, as far as all of it is known here. */
function explainRoute(matched: MatchedRoute, judged: Judged): ExplainedRoute {
  const { kept, withheld, adminScope, answers } = judged;
  const access = decideAccess(kept, matched, adminScope);
  const { decision, onlyItems } = access;
  const answer = answers.find(({ name }) => name === matched.route.name);
  const outcome = findOutcome(matched, access, { answer, isCeilingKnown: judged.isCeilingKnown });
  const isDenied = outcome === "denied";
  const toAllow = isDenied
    ? findWithheldGrant(compileGrants(kept, adminScope), { scopes: withheld, adminScope }, matched)
    : undefined;
  // Which scope has opened it the server does not say, and the first that would may not count there.
  const isGrantKnown = !isDenied && (judged.isCeilingKnown || outcome === "not known");
  const lacking = decision.isAllowed ? undefined : decision;
  const told = answer?.findings.filter(isAboutScopes).map(({ code }) => code) ?? [];
  const isOver = toAllow !== undefined || told.includes(OVER_CEILING);
  return {
    route: matched.route.name,
    served: matched.isServed,
    outcome,
    answer: answer === undefined ? null : answer.isLetIn ? "let in" : "refused",
    granted_by: decision.isAllowed && isGrantKnown ? [...new Set(decision.grantedBy)] : [],
    items: isDenied ? [] : onlyItems,
    required_scopes: matched.requiredScopes,
    missing_scopes: lacking?.missing ?? [],
    scope_to_add: lacking?.scopeToAdd ?? null,
    scope_to_allow: toAllow ?? null,
    code: isDenied ? (isOver ? OVER_CEILING : (lacking?.code ?? told[0] ?? null)) : null,
  };
}

function findOutcome(
  { route }: MatchedRoute,
  { decision, onlyItems }: AccessVerdict,
  seen: { readonly answer: AnsweredRequest | undefined; readonly isCeilingKnown: boolean },
): ExplainedRoute["outcome"] {
  const { answer, isCeilingKnown } = seen;
  if (route.access.rule === "public") return "public";
  const isSome = onlyItems.length > 0;
  const open = isSome ? "some items" : "allowed";
  if (answer?.isLetIn === true) return open;
  // A refusal for another reason is the token's, and says nothing of its scopes.
  const isRefused = answer?.findings.some(isAboutScopes) === true;
  if (isRefused || !(decision.isAllowed || isSome)) return "denied";
  const needsNoScope = decision.isAllowed && decision.grantedBy.length === 0;
  return isCeilingKnown || needsNoScope ? open : "not known";
}
