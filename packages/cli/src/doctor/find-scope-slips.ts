/** Scopes of an accepted token that are none, and nearly are: worth a look where no route was asked about. */
import { inspectToken, type KnownServer, splitHeldScopes } from "@agentos/auth";
import { findMeantScope } from "../text/scope-names.ts";
import { makeFinding } from "./findings.ts";
import type { Finding } from "./report.ts";

const MOST = 3;

export function findScopeSlips(
  token: string,
  {
    server,
    now,
    cli,
    seenAt,
  }: { readonly server: KnownServer; readonly now: number; readonly cli: string; readonly seenAt: string },
): readonly Finding[] {
  const { unverifiedClaims } = inspectToken(token, { policy: {}, algorithms: [], now });
  if (unverifiedClaims === undefined) return [];
  return splitHeldScopes(unverifiedClaims, server)
    .kept.flatMap((scope) => {
      const meant = findMeantScope(scope);
      return meant === undefined ? [] : [{ held_scope: scope.slice(0, 100), meant_scope: meant }];
    })
    .slice(0, MOST)
    .map((facts) => makeFinding({ code: "SCOPE_MISSPELT", facts, level: "warning", seenAt }, cli));
}
