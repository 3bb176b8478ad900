/** A missing scope: misspelt, under another claim, for another item, or really missing. */
import { ACCESS_PREREQUISITES, ADMIN_SCOPE, type ErrorCode, type Facts } from "@agentos/contract";
import { decide } from "../decide/decide.ts";
import { compileGrants } from "../scope/grants.ts";
import { readScopes } from "../token/read-scopes.ts";
import type { DiagnosisInput, Evidence } from "./diagnosis.ts";
import type { CauseParts } from "./make-cause.ts";
import { findNearMiss, findScopesElsewhere } from "./scope-near-miss.ts";

export const SCOPE_CODES: readonly ErrorCode[] = ["SCOPE_MISSING", "SCOPE_OTHER_RESOURCE"];

type Claims = Readonly<Record<string, unknown>>;

/** The causes behind a 403 for its scopes, the nearest first. */
export function refineScopes(
  code: ErrorCode,
  required: readonly string[],
  claims: Claims | undefined,
  { server, request }: Pick<DiagnosisInput, "server" | "request">,
): readonly CauseParts[] {
  const held = claims === undefined ? undefined : readScopes(claims, server?.scopesClaim);
  const decision =
    held !== undefined && request !== undefined
      ? decide(compileGrants(held, server?.adminScope ?? ADMIN_SCOPE), request.route, request.parameters)
      : undefined;
  const denied = decision?.isAllowed === false ? decision : undefined;
  const missing =
    denied?.missing ?? (held === undefined ? required : required.filter((scope) => !held.includes(scope)));
  const needed = denied?.scopeToAdd ?? missing[0] ?? required[0];
  const evidence = describe(required, held);
  if (needed === undefined) return [{ code, certainty: "likely", evidence }];

  const parts: CauseParts[] = [];
  if (held !== undefined && claims !== undefined) {
    const near =
      findNearMiss(held, needed) ??
      missing.map((scope) => findNearMiss(held, scope)).find((miss) => miss !== undefined);
    if (near !== undefined) parts.push({ ...near, certainty: "certain", evidence });
    const claim = missing
      .map((scope) => findScopesElsewhere(claims, scope, claimRead(claims, server?.scopesClaim)))
      .find((name) => name !== undefined);
    if (claim !== undefined) {
      const facts = { other_claim: claim, scopes_claim: server?.scopesClaim ?? "scopes" };
      parts.push({ code: "SCOPES_IN_OTHER_CLAIM", certainty: "certain", facts, evidence });
    }
  }
  const facts: Facts = { required_scopes: required, missing_scopes: missing, scope_to_add: needed };
  const ownCode = denied?.code ?? (holdsOtherItem(held, needed) ? "SCOPE_OTHER_RESOURCE" : code);
  parts.push({ code: ownCode, certainty: parts.length === 0 ? "certain" : "likely", facts, evidence });
  return [...parts, ...prerequisites(missing)];
}

/** Gates that stand before finer scopes (design.md section 10), when one of them is what is missing. */
function prerequisites(missing: readonly string[]): readonly CauseParts[] {
  return ACCESS_PREREQUISITES.filter(({ scope }) => missing.includes(scope)).map(({ scope, blocks }) => ({
    code: "SCOPE_PREREQUISITE_MISSING",
    certainty: "certain",
    facts: { scope, blocks },
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

function claimRead(claims: Claims, configured: string | undefined): string {
  return (
    configured ??
    ["scopes", "scope", "scp", "permissions"].find((name) => claims[name] !== undefined) ??
    "scopes"
  );
}

function describe(required: readonly string[], held: readonly string[] | undefined): readonly Evidence[] {
  const list = (scopes: readonly string[]) =>
    scopes.length === 0 ? "no scope" : scopes.slice(0, 20).join(", ");
  return [
    ...(required.length === 0
      ? []
      : [{ fact: `the route requires ${list(required)}`, source: "the answer" as const }]),
    ...(held === undefined ? [] : [{ fact: `the token holds ${list(held)}`, source: "the token" as const }]),
  ];
}
