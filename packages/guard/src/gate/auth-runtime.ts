/** Joins keys, engine, denial recorder and guard: what an AgentOS and a guard of its own have in common. */
import { hash } from "node:crypto";
import {
  type CompiledRoute,
  compileRoutes,
  createAuthEngine,
  createTokenVerifier,
  type KeySource,
  type Refusal,
  type RouteAccessDefinition,
} from "@agentos/auth";
import { type Fault, REFUSALS, renderFault, renderText, type Stage, TOKEN_STAGES } from "@agentos/contract";
import { throwErrors } from "../config/configuration-error.ts";
import { describePolicy, type PolicyDescription } from "../config/describe-policy.ts";
import type { ResolvedAuth } from "../config/resolve-auth.ts";
import type { DenialRecord, DenialRecorder } from "../denials/denial-recorder.ts";
import { createMemoryDenialRecorder } from "../denials/memory-denial-recorder.ts";
import { loadKeys } from "../keys/load-keys.ts";
import { nodeSignatureCheck } from "../keys/node-signature-check.ts";
import type { Logger, Runtime } from "../log/runtime.ts";
import { createGuard, type Guard } from "./gate.ts";

export interface CompiledAccessRules {
  readonly routes: readonly CompiledRoute[];
  readonly findings: readonly Fault[];
}

export interface AuthRuntime {
  readonly guard: Guard;
  readonly denials: DenialRecorder;
  /** Why a token would be refused; undefined when it is valid. Nothing is recorded. */
  judgeToken(token: string): Promise<Refusal | undefined>;
  /** The policy in force now. */
  describe(): PolicyDescription;
  close(): void;
}

/** Compiles a route table under the configured rules. */
export function compileAccess(
  resolved: ResolvedAuth,
  table: Readonly<Record<string, RouteAccessDefinition>>,
): CompiledAccessRules {
  const compiled = compileRoutes(table, {
    adminScope: resolved.policy.adminScope,
    scopeMappings: resolved.scopeMappings,
    publicPaths: resolved.publicPaths,
    allowUnmappedRoutes: resolved.allowsUnmappedRoutes,
  });
  return { routes: compiled.routes, findings: compiled.faults };
}

/** Parses the keys and builds the guard; throws a ConfigurationError with every fault at once. */
export async function createAuthRuntime(
  resolved: ResolvedAuth,
  access: CompiledAccessRules,
  options: {
    readonly runtime: Runtime;
    readonly denialRecorder?: DenialRecorder | undefined;
    /** Given by a server that serves the metadata itself. */
    readonly resourceMetadataUrl?: ((host: string | null) => string | undefined) | undefined;
  },
): Promise<AuthRuntime> {
  const { clock, generateId, logger } = options.runtime;
  const now = () => clock.now();
  const sha256 = (text: string) => hash("sha256", text, "base64");
  const keys = await loadKeys(resolved, now);
  const findings = Object.freeze([...resolved.findings, ...access.findings, ...keys.findings]);
  if (findings.some(({ severity }) => severity === "error")) {
    keys.close();
    throwErrors(findings, resolved.cliCommand);
  }

  const denials =
    options.denialRecorder ??
    createMemoryDenialRecorder({ generateId, onRecord: (record) => logDenial(logger, record) });
  const verifier = createTokenVerifier({
    keySource: keys.keySource,
    policy: resolved.policy,
    issuers: keys.issuers,
    now,
    sha256,
    signatureCheck: nodeSignatureCheck,
  });
  const engine = createAuthEngine({
    mode: resolved.mode,
    verifier,
    securityKey: resolved.securityKey,
    isLoopbackOnly: resolved.mode === "none" || !resolved.policy.verifiesSignature,
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
    resourceMetadataUrl: options.resourceMetadataUrl,
  });
  logKeyState(logger, keys.keySource, resolved.cliCommand);
  return {
    guard,
    denials,
    judgeToken: async (token) => {
      const verified = await verifier.verify(token);
      return verified.ok ? undefined : verified.fault;
    },
    describe: () => describePolicy(resolved, keys.keySource, access.routes, findings),
    close: () => keys.close(),
  };
}

function stagesNotConfigured({
  mode,
  policy,
  issuers = [],
  enforcesScopes,
  isolatesUsers,
  tokenSource,
}: ResolvedAuth): ReadonlySet<Stage> {
  const stages: Stage[] = ["revocation"];
  if (mode !== "none" && policy.verifiesSignature) stages.push("loopback");
  if (mode !== "jwt" || tokenSource === "header") stages.push("origin");
  if (mode !== "jwt") stages.push(...TOKEN_STAGES, "scopes");
  if (!policy.verifiesSignature)
    stages.push("header", "key", "signature", "expiration", "not-before", "issued-at", "lifetime");
  const policies = [policy, ...issuers.map((issuer) => issuer.policy)];
  if (policies.every(({ issuer }) => issuer === undefined)) stages.push("issuer");
  if (policies.every(({ audience }) => audience === undefined)) stages.push("audience");
  if (!enforcesScopes) stages.push("scopes");
  if (!isolatesUsers) stages.push("isolation");
  return new Set(stages);
}

/** A source of keys that fails is said when it begins, when its keys are dropped, and when it is good again. */
function logKeyState(logger: Logger, keySource: KeySource, cli: string): void {
  let known = "ok";
  keySource.subscribe?.(() => {
    const { state, faults } = keySource.status?.() ?? { state: "ok", faults: [] };
    // A set that was emptied on purpose is read well, and yet refuses everybody.
    const isGood = state === "ok" && keySource.current().keys.length > 0;
    const now = isGood ? "ok" : `${state} ${faults.map(({ code }) => code).join(" ")}`;
    if (now === known) return;
    known = now;
    if (isGood) return logger.info({ state }, "the verification keys can be read again");
    const told = faults.map((fault) => {
      const { code, message, fix } = renderFault(fault, cli);
      return { code, message, fix };
    });
    logger.warn({ state, faults: told }, "verification keys cannot be read any more");
  });
}

/** Facts that only fill the texts of the answer. */
const FOR_TEXTS = new Set([
  "cli",
  "alternative",
  "audience_hint",
  "accepted_credential",
  "scope_choice",
  "header_name",
  "cookie_name",
]);

/** The operator reads here what the caller does not see. */
function logDenial(
  logger: Logger,
  { id, code, route, client, subject, count, facts, fix }: DenialRecord,
): void {
  const { stage, title } = REFUSALS[code];
  const told = Object.fromEntries(Object.entries(facts).filter(([name]) => !FOR_TEXTS.has(name)));
  logger.warn(
    { denial_id: id, code, stage, route, client, subject, count, facts: told, fix },
    renderText(title, facts),
  );
}
