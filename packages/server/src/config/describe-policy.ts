/** The effective policy: what is really enforced, as data and as the block that start-up prints. */
import { type CompiledRoute, type KeySource, keyRepairs } from "@agentos/auth";
import type { Info } from "@agentos/contract";
import type { Finding } from "./faults.ts";
import type { ResolvedAuth } from "./resolve-auth.ts";

export interface PolicyKey {
  readonly source: string;
  /** Algorithm, kind, size and thumbprint; never anything of a secret but its length. */
  readonly label: string;
  readonly kid: string | undefined;
  /** What had to be mended to read it, as sentences. */
  readonly repairs: readonly string[];
}

export interface PolicyDescription {
  readonly id: string;
  readonly authMode: Info["auth_mode"];
  readonly enforcesScopes: boolean;
  readonly isolatesUsers: boolean;
  readonly keys: readonly PolicyKey[];
  readonly algorithms: readonly string[];
  /** Undefined: not verified. */
  readonly audience: readonly string[] | undefined;
  readonly issuer: string | undefined;
  readonly adminScope: string;
  readonly token: string;
  readonly publicRoutes: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly findings: readonly Finding[];
}

/** What `/info` calls the mode; unverified tokens are never called `jwt`. */
export function authModeOf(resolved: ResolvedAuth): Info["auth_mode"] {
  return resolved.mode === "jwt" && !resolved.policy.verifiesSignature ? "jwt-unverified" : resolved.mode;
}

/** Describes the policy in force now; keys may have changed since the start. */
export function describePolicy(
  resolved: ResolvedAuth,
  keySource: KeySource,
  routes: readonly CompiledRoute[],
  findings: readonly Finding[],
): PolicyDescription {
  const keySet = keySource.current();
  return {
    id: resolved.id,
    authMode: authModeOf(resolved),
    enforcesScopes: resolved.mode === "jwt" && resolved.enforcesScopes,
    isolatesUsers: resolved.isolatesUsers,
    keys: keySet.keys.map(({ source, label, kid, repairs }) => ({
      source,
      label,
      kid,
      repairs: repairs.map((repair) => keyRepairs[repair]),
    })),
    algorithms: keySet.algorithms,
    audience: resolved.policy.audience,
    issuer: resolved.policy.issuer,
    adminScope: resolved.policy.adminScope,
    token: tokenPlace(resolved),
    publicRoutes: routes
      .filter(({ access }) => access === "public")
      .map(({ name }) => name.replace(/^GET /, "")),
    allowedOrigins: resolved.allowedOrigins,
    findings,
  };
}

function tokenPlace({ mode, tokenSource, tokenHeaderName, cookieName }: ResolvedAuth): string {
  const header = `header ${tokenHeaderName}`;
  if (mode === "security_key" || tokenSource === "header") return header;
  return tokenSource === "cookie" ? `cookie ${cookieName}` : `${header}, else cookie ${cookieName}`;
}

const MODES: Record<Info["auth_mode"], string> = {
  jwt: "jwt: every request needs a valid token",
  "jwt-unverified": "jwt-unverified: UNSAFE, every token is believed, whoever wrote it",
  security_key: "security_key: every request needs the shared key; whoever has it may do everything",
  none: "none: no credential is configured; only this machine may call",
};

/** The description as one readable block. */
export function formatPolicy(policy: PolicyDescription): string {
  const isJwt = policy.authMode === "jwt" || policy.authMode === "jwt-unverified";
  const rows: (readonly [string, string])[] = [
    ["id", policy.id],
    ["mode", MODES[policy.authMode]],
  ];
  if (isJwt) {
    rows.push([
      "scopes",
      policy.enforcesScopes
        ? `enforced; "${policy.adminScope}" satisfies all`
        : "NOT enforced: a valid token may do everything",
    ]);
    for (const [index, key] of policy.keys.entries()) {
      const name = key.kid === undefined ? "" : `, kid ${key.kid}`;
      rows.push([index === 0 ? "keys" : "", `${key.label}${name} (${key.source})`]);
      for (const repair of key.repairs) rows.push(["", `  repaired: ${repair}`]);
    }
    rows.push(["audience", policy.audience === undefined ? "NOT verified" : policy.audience.join(", ")]);
    if (policy.issuer !== undefined) rows.push(["issuer", policy.issuer]);
  }
  if (policy.authMode !== "none") rows.push(["credential", policy.token]);
  if (policy.isolatesUsers) rows.push(["isolation", "each user reaches only their own data"]);
  rows.push(
    ["public", policy.publicRoutes.join(" ") || "nothing"],
    ["origins", policy.allowedOrigins.join(" ") || "none"],
  );
  const lines = rows.map(([name, value]) => `  ${name.padEnd(11)}${value}`);
  const findings = policy.findings.flatMap(({ severity, message, fix, code }) => [
    `  ${severity === "error" ? "error  " : "warning"}    ${message}`,
    `             fix: ${fix} [${code}]`,
  ]);
  return ["AgentOS policy", ...lines, ...findings].join("\n");
}
