/** A token route by route: allowed, or why not with the least scope to add; and first of all whether it is accepted. */
import { diagnose, inspectToken, readHeldScopes } from "@agentos/auth";
import { ADMIN_SCOPE } from "@agentos/contract";
import { readLocation } from "../doctor/credential-location.ts";
import { examineConfig } from "../doctor/examine-config.ts";
import { examineUrl } from "../doctor/examine-url.ts";
import { isAboutAddress } from "../doctor/exit-code.ts";
import { toFinding } from "../doctor/findings.ts";
import { readBase } from "../doctor/read-base.ts";
import type { Examined, Finding } from "../doctor/report.ts";
import type { Context } from "../program/context.ts";
import { listRoutes, type MatchedRoute, matchRoute } from "../scopes/route-table.ts";
import { decideAccess } from "../text/explain-access.ts";

export interface ExplainedRoute {
  readonly route: string;
  readonly served: boolean;
  readonly outcome: "public" | "allowed" | "some items" | "denied";
  readonly granted_by: readonly string[];
  readonly items: readonly string[];
  readonly required_scopes: readonly string[];
  readonly missing_scopes: readonly string[];
  readonly scope_to_add: string | null;
}

export interface ExplainedToken {
  /** Where it was judged. */
  readonly judgedBy: string;
  /** Null: nobody has looked at the signature, or it cannot be told; then the findings say why. */
  readonly isAccepted: boolean | null;
  readonly findings: readonly Finding[];
  readonly scopes: readonly string[];
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
}

/** Codes that are about what a valid token may do, not about the token. */
const isAboutScopes = ({ code }: Finding) => code.startsWith("SCOPE_") || code === "AUTH_USER_REQUIRED";

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
  const errors = examined?.findings.filter(({ level }) => level === "error");
  const findings = (errors ?? alone).filter((finding) => !isAboutScopes(finding));
  const scopes = claims === undefined ? [] : readHeldScopes(claims, server);
  const enforcesScopes = server?.policy.enforcesScopes !== false;
  const effective = enforcesScopes ? scopes : [adminScope];
  return {
    judgedBy: examined?.name ?? "the token alone",
    isAccepted: findAcceptance(findings, examined),
    findings,
    scopes,
    enforcesScopes,
    routes: listRoutes(adminScope).map((route) => explainRoute(effective, route, adminScope)),
  };
}

function findAcceptance(findings: readonly Finding[], examined: Examined | undefined): boolean | null {
  if (findings.some((finding) => !isAboutAddress(finding) && finding.certainty !== "cannot tell"))
    return false;
  if (findings.length > 0 || examined === undefined) return null;
  // Whoever names a missing scope has accepted the token.
  return examined.isTokenChecked || examined.findings.some(isAboutScopes) ? true : null;
}

async function examine(
  token: string,
  { config, url, header, cookie }: ExplainTokenOptions,
  context: Context,
): Promise<Examined | undefined> {
  const matched = matchRoute("GET", "/config", ADMIN_SCOPE);
  const requests = [{ method: "GET", path: "/config", matched: "route" in matched ? matched : undefined }];
  const location = readLocation({ header, cookie }, { hasUrl: url !== undefined });
  const asked = { requests, token, checked: undefined };
  if (config !== undefined) return examineConfig(config, asked, context);
  return url === undefined ? undefined : examineUrl(readBase(url), { ...asked, location }, context);
}

function readClaims(token: string, { now }: Context): Readonly<Record<string, unknown>> | undefined {
  return inspectToken(token, { policy: {}, algorithms: [], now: now() }).unverifiedClaims;
}

function explainRoute(scopes: readonly string[], matched: MatchedRoute, adminScope: string): ExplainedRoute {
  const { decision, onlyItems } = decideAccess(scopes, matched, adminScope);
  const isPublic = matched.route.access.rule === "public";
  const isSome = onlyItems.length > 0;
  return {
    route: matched.route.name,
    served: matched.isServed,
    outcome: isPublic ? "public" : isSome ? "some items" : decision.isAllowed ? "allowed" : "denied",
    granted_by: decision.isAllowed ? [...new Set(decision.grantedBy)] : [],
    items: onlyItems,
    required_scopes: matched.requiredScopes,
    missing_scopes: decision.isAllowed ? [] : decision.missing,
    scope_to_add: decision.isAllowed ? null : (decision.scopeToAdd ?? null),
  };
}
