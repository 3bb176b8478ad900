/** Joins keys, engine, denial recorder and guard: what an AgentOS and a guard of its own have in common. */
import { hash } from "node:crypto";
import {
  type CompiledRoute,
  compileRoutes,
  createAuthEngine,
  createTokenVerifier,
  type RouteAccessDefinition,
} from "@agentos/auth";
import { REFUSALS, renderText, type Stage, TOKEN_STAGES } from "@agentos/contract";
import { describePolicy, type PolicyDescription } from "./config/describe-policy.ts";
import { type Finding, toFinding } from "./config/faults.ts";
import { loadKeys } from "./config/load-keys.ts";
import type { ResolvedAuth } from "./config/resolve-auth.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { createGuard, type Guard } from "./http/guard.ts";
import type { DenialRecord, DenialRecorder } from "./ports/denial-recorder.ts";
import type { Logger, Runtime } from "./ports/runtime.ts";
import { createMemoryDenialRecorder } from "./stores/memory-denial-recorder.ts";

export interface CompiledAccessRules {
  readonly routes: readonly CompiledRoute[];
  readonly findings: readonly Finding[];
}

export interface AuthRuntime {
  readonly guard: Guard;
  readonly denials: DenialRecorder;
  /** The policy in force now. */
  describe(): PolicyDescription;
  close(): void;
}

/** Compiles the routes under the configured rules. */
export function compileAccess(
  resolved: ResolvedAuth,
  routes: readonly RouteAccessDefinition[],
): CompiledAccessRules {
  const compiled = compileRoutes(routes, {
    adminScope: resolved.policy.adminScope,
    scopeMappings: resolved.scopeMappings,
    publicPaths: resolved.publicPaths,
    allowUnmappedRoutes: resolved.allowsUnmappedRoutes,
  });
  return {
    routes: compiled.routes,
    findings: compiled.faults.map(({ code, facts }) => toFinding(code, facts)),
  };
}

/** Parses the keys and builds the guard; throws a ConfigurationError with every fault at once. */
export async function createAuthRuntime(
  resolved: ResolvedAuth,
  access: CompiledAccessRules,
  options: { readonly runtime: Runtime; readonly denialRecorder?: DenialRecorder | undefined },
): Promise<AuthRuntime> {
  const { clock, generateId, logger } = options.runtime;
  const now = () => clock.now();
  const sha256 = (text: string) => hash("sha256", text, "base64");
  const keys = await loadKeys(resolved, now);
  const findings = [...resolved.findings, ...access.findings, ...keys.findings];
  if (findings.some(({ severity }) => severity === "error")) {
    keys.close();
    throwErrors(findings);
  }

  const denials =
    options.denialRecorder ??
    createMemoryDenialRecorder({ generateId, onRecord: (record) => logDenial(logger, record) });
  const engine = createAuthEngine({
    mode: resolved.mode,
    verifier: createTokenVerifier({ keySource: keys.keySource, policy: resolved.policy, now, sha256 }),
    securityKey: resolved.securityKey,
    enforcesScopes: resolved.enforcesScopes,
    isolatesUsers: resolved.isolatesUsers,
    adminScope: resolved.policy.adminScope,
    userIdClaim: resolved.policy.claimNames.userId,
    tokenSource: resolved.tokenSource,
    tokenHeaderName: resolved.tokenHeaderName,
    cookieName: resolved.cookieName,
    allowedOrigins: resolved.allowedOrigins,
    sha256,
  });
  const guard = createGuard({
    engine,
    recorder: denials,
    now,
    cliCommand: resolved.cliCommand,
    notConfigured: stagesNotConfigured(resolved),
  });
  return {
    guard,
    denials,
    describe: () => describePolicy(resolved, keys.keySource, access.routes, findings),
    close: () => keys.close(),
  };
}

/** Throws when a finding is an error; warnings do not stop a start. */
export function throwErrors(findings: readonly Finding[]): void {
  const faults = findings.filter(({ severity }) => severity === "error");
  if (faults.length > 0) throw new ConfigurationError({ faults });
}

function stagesNotConfigured({
  mode,
  policy,
  enforcesScopes,
  isolatesUsers,
  tokenSource,
}: ResolvedAuth): ReadonlySet<Stage> {
  const stages: Stage[] = ["revocation"];
  if (mode !== "none" && tokenSource === "header") stages.push("origin");
  if (mode !== "jwt") stages.push(...TOKEN_STAGES, "scopes");
  if (policy.issuer === undefined) stages.push("issuer");
  if (policy.audience === undefined) stages.push("audience");
  if (!enforcesScopes) stages.push("scopes");
  if (!isolatesUsers) stages.push("isolation");
  return new Set(stages);
}

/** The operator reads here what the caller does not see. */
function logDenial(
  logger: Logger,
  { id, code, route, client, subject, count, facts, fix }: DenialRecord,
): void {
  logger.warn(
    { denial_id: id, code, route, client, subject, count, facts, fix },
    renderText(REFUSALS[code].title, facts),
  );
}
