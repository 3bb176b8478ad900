/** A missing scope: misspelt, under another claim, for another item, or really missing. */
import { ACCESS_PREREQUISITES, ADMIN_SCOPE, type ErrorCode, type Facts } from "@agentos/contract";
import { decide, findWithheldGrant } from "../decide/decide.ts";
import { describeScopeChoice } from "../decide/scope-choice.ts";
import { compileGrants } from "../scope/grants.ts";
import { ceilingOf, type LimitedScopes, limitScopes } from "../scope/limit-scopes.ts";
import { findNearMiss } from "../scope/near-miss.ts";
import { compileRequirement, findGrant, listMissing } from "../scope/requirement.ts";
import { findScopesElsewhere } from "../token/find-elsewhere.ts";
import { readClaim } from "../token/read-claim.ts";
import { findScopesClaims, readScopes, USUAL_SCOPE_CLAIMS } from "../token/read-scopes.ts";
import type { DiagnosisInput, Evidence, EvidenceSource } from "./diagnosis.ts";
import type { CauseParts } from "./make-cause.ts";

export const SCOPE_CODES: readonly ErrorCode[] = [
  "SCOPE_MISSING",
  "SCOPE_OTHER_RESOURCE",
  "SCOPE_OVER_CEILING",
];

type Claims = Readonly<Record<string, unknown>>;

/** The causes behind a 403 for its scopes, the nearest first. */
export function refineScopes(
  code: ErrorCode,
  required: readonly string[],
  claims: Claims | undefined,
  { server, request, refusal, answer }: Pick<DiagnosisInput, "server" | "request" | "refusal" | "answer">,
  recorded: Facts = {},
): readonly CauseParts[] {
  const noted = recorded["held_scopes"];
  const limited = claims === undefined ? undefined : splitHeldScopes(claims, server);
  const held = limited === undefined ? (typeof noted === "object" ? noted : undefined) : limited.kept;
  const adminScope = server?.policy.adminScope ?? ADMIN_SCOPE;
  const grants = held === undefined ? undefined : compileGrants(held, adminScope);
  const decision =
    grants !== undefined && request !== undefined
      ? decide(grants, request.route, request.parameters)
      : undefined;
  const ofTable = decision?.isAllowed === false ? decision : undefined;
  const named = required.length > 0 ? required : (ofTable?.required ?? []);
  const missing =
    readList(recorded["missing_scopes"]) ??
    (ofTable !== undefined && isSameSet(ofTable.required, named) ? ofTable.missing : undefined) ??
    (grants === undefined ? named : listMissing(grants, named, { adminScope }));
  // A server may ask for more than the routes of every AgentOS do: then its own words count, and not the table's.
  const denied = ofTable !== undefined && isSameSet(ofTable.missing, missing) ? ofTable : undefined;
  const toAdd = recorded["scope_to_add"];
  const needed =
    denied?.scopeToAdd ?? (typeof toAdd === "string" ? toAdd : undefined) ?? missing[0] ?? named[0];
  const recordedIn = refusal === undefined ? undefined : ("the denial record" as const);
  const evidence = describe(named, held, [
    recordedIn ?? (answer === undefined || required.length === 0 ? "the route table" : "the answer"),
    recordedIn ?? "the token",
  ]);
  if (needed === undefined) return [{ code, certainty: "likely", evidence }];
  const common: Facts = { required_scopes: named, missing_scopes: missing, scope_to_add: needed };
  const toAllow =
    code === "SCOPE_OVER_CEILING"
      ? (recorded["scope_to_allow"] ?? findGranting(claims, server, needed))
      : grants === undefined || request === undefined
        ? undefined
        : findWithheldGrant(grants, { scopes: limited?.withheld ?? [], adminScope }, request);
  if (toAllow !== undefined) {
    const facts = { ...common, scope_to_allow: toAllow };
    const fact = `its issuer may not grant ${String(toAllow).slice(0, 100)} here`;
    const source =
      recordedIn ?? (answer === undefined ? (server?.source ?? "the configuration") : "the answer");
    const ceiling: Evidence = { fact, source };
    return [{ code: "SCOPE_OVER_CEILING", certainty: "certain", facts, evidence: [...evidence, ceiling] }];
  }

  const parts: CauseParts[] = [];
  if (held !== undefined) {
    const near =
      findNearMiss(held, needed) ??
      missing.map((scope) => findNearMiss(held, scope)).find((miss) => miss !== undefined);
    if (near !== undefined) parts.push({ ...near, certainty: "certain", evidence });
  }
  if (claims !== undefined) {
    const configured = configuredClaims(server);
    const read = findScopesClaims(claims, configured);
    const claim = [needed, ...missing]
      .map((scope) => findScopesElsewhere(claims, read, (scopes) => scopes.includes(scope)))
      .find((name) => name !== undefined);
    if (claim !== undefined) {
      const facts = {
        other_claim: claim,
        scopes_claim: read.length === 0 ? USUAL_SCOPE_CLAIMS[0] : read,
        read_claims: describeRead(configured, server),
      };
      const elsewhere: Evidence = { fact: `"${claim.slice(0, 100)}" holds ${needed}`, source: "the token" };
      parts.push({
        code: "SCOPE_CLAIM_OTHER",
        certainty: "certain",
        facts,
        evidence: [...evidence, elsewhere],
      });
    }
  }
  const facts: Facts = { ...common, scope_choice: describeScopeChoice(needed, missing) };
  // What the scope is a gate to says more than that it is missing.
  const nearer = parts.length > 0 ? parts : prerequisites(missing, evidence);
  // That the only missing scope is missing has then been said, with a better fix.
  if (nearer.length > 0 && missing.length <= 1) return nearer;
  const ownCode = denied?.code ?? (holdsOtherItem(held, needed) ? "SCOPE_OTHER_RESOURCE" : code);
  const certainty = nearer.length === 0 ? "certain" : "likely";
  return [...nearer, { code: ownCode, certainty, facts, evidence }];
}

function readList(value: Facts[string] | undefined): readonly string[] | undefined {
  return typeof value === "object" && value.length > 0 ? value : undefined;
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  return new Set([...some, ...others]).size === new Set(some).size && others.length === some.length;
}

/** Gates that stand before finer scopes (design.md section 10), when one of them is what is missing. */
function prerequisites(missing: readonly string[], evidence: readonly Evidence[]): readonly CauseParts[] {
  return ACCESS_PREREQUISITES.filter(({ scope }) => missing.includes(scope)).map(({ scope, blocks }) => ({
    code: "SCOPE_PREREQUISITE_MISSING",
    certainty: "certain",
    facts: { scope, blocks },
    evidence,
  }));
}

function holdsOtherItem(held: readonly string[] | undefined, needed: string): boolean {
  const parts = needed.split(":");
  const [resource, action] = [parts[0], parts.at(-1)];
  return (
    held?.some(
      (scope) =>
        scope.startsWith(`${resource}:`) && scope.endsWith(`:${action}`) && scope.split(":").length === 3,
    ) === true
  );
}

/** The scopes of a token, those first that count on a server. */
export interface HeldScopes extends LimitedScopes {
  /** False: how far the tokens of its issuer reach is not known, and nothing is withheld. */
  readonly isCeilingKnown: boolean;
}

/** The scopes of a token, split by the ceiling of its issuer as far as that is known. */
export function splitHeldScopes(claims: Claims, server: DiagnosisInput["server"]): HeldScopes {
  const scopes = readNamedScopes(claims, server);
  const { tokens = [], separatesIssuers, adminScope = ADMIN_SCOPE } = server?.policy ?? {};
  const part = separatesIssuers === true ? tokens.find(({ issuer }) => issuer === claims["iss"]) : tokens[0];
  return part === undefined
    ? { kept: scopes, withheld: [], isCeilingKnown: false }
    : { ...limitScopes(scopes, ceilingOf(part, { adminScope, tokens })), isCeilingKnown: true };
}

/** The scope of a token that its issuer would have to be allowed, where only the answer says that there is a ceiling. */
function findGranting(claims: Claims | undefined, server: DiagnosisInput["server"], needed: string): string {
  const { adminScope = ADMIN_SCOPE } = server?.policy ?? {};
  const requirement = compileRequirement(needed, { adminScope });
  const scopes = claims === undefined ? [] : readNamedScopes(claims, server);
  const granting = requirement && findGrant(compileGrants(scopes, adminScope), requirement, {});
  return granting ?? needed;
}

function readNamedScopes(claims: Claims, server: DiagnosisInput["server"]): readonly string[] {
  const configured = configuredClaims(server);
  const value = readClaim(claims, configured?.[0] ?? "");
  if (server?.isPython === true && typeof value === "string") return [value];
  return readScopes(claims, configured);
}

/** The claims that this server reads; undefined: the first of the usual ones. The Python AgentOS has but one. */
function configuredClaims(server: DiagnosisInput["server"]): readonly string[] | undefined {
  return server?.policy.claimNames?.scopes ?? (server?.isPython === true ? ["scopes"] : undefined);
}

/** Which claim a server reads, as far as that is known: without an option of its own each AgentOS of ours reads the first of these. */
function describeRead(configured: readonly string[] | undefined, server: DiagnosisInput["server"]): string {
  if (configured !== undefined) return configured.map((name) => `"${name}"`).join(" and ");
  const usual = `the first of ${USUAL_SCOPE_CLAIMS.map((name) => `"${name}"`).join(", ")} that is there`;
  const isKnown = server !== undefined && Object.hasOwn(server.policy.claimNames ?? {}, "scopes");
  return isKnown ? usual : `${usual} (unless its "scopesClaim" names another)`;
}

function describe(
  required: readonly string[],
  held: readonly string[] | undefined,
  [requiredSource, heldSource]: readonly [EvidenceSource, EvidenceSource],
): readonly Evidence[] {
  const list = (scopes: readonly string[]) =>
    scopes.length === 0
      ? "no scope"
      : scopes
          .slice(0, 20)
          .map((scope) => scope.slice(0, 100))
          .join(", ");
  return [
    ...(required.length === 0
      ? []
      : [{ fact: `the route requires ${list(required)}`, source: requiredSource }]),
    ...(held === undefined ? [] : [{ fact: `the token holds ${list(held)}`, source: heldSource }]),
  ];
}
