/** The effective policy: what is really enforced, as data and as the block that start-up prints. */
import {
  type ClaimNames,
  type CompiledRoute,
  describeRepairs,
  type KeySource,
  type KeySourceStatus,
} from "@agentos/auth";
import { type Fault, type Info, type RenderedFault, renderFault } from "@agentos/contract";
import type { ResolvedAuth } from "./resolve-auth.ts";
import type { ResolvedIssuer } from "./resolve-issuers.ts";

/** One verification key, as far as it may be shown. */
export interface PolicyKey {
  /** Where it came from, such as `verificationKeys[0]`. Never a path. */
  readonly source: string;
  /** Algorithm, kind, size and thumbprint; never anything of a secret but its length. */
  readonly label: string;
  /** Key id; undefined when the key has none. */
  readonly kid: string | undefined;
  /** RFC 7638, of public keys only. */
  readonly thumbprint: string | undefined;
  /** How it came where that is not plain PEM or JWK, such as "read from base64"; nothing was wrong with it. */
  readonly form: string | undefined;
  /** What had to be mended to read it, as sentences. */
  readonly repairs: readonly string[];
}

/** One trusted issuer, with what its tokens are checked against. */
export interface PolicyIssuer {
  /** Undefined: of the tokens that name no issuer. */
  readonly issuer: string | undefined;
  /** Where its keys come from; `discovery` is its OpenID Connect document. */
  readonly keysFrom: readonly ("configuration" | "file" | "address" | "discovery")[];
  /** Undefined: what its keys say. */
  readonly algorithms: readonly string[] | undefined;
  /** Undefined: not verified. */
  readonly audience: readonly string[] | undefined;
  /** Undefined: no ceiling. */
  readonly allowedScopes: readonly string[] | undefined;
  /** Put before the user ids of its tokens; undefined: nothing is. */
  readonly subjectPrefix: string | undefined;
}

/** One place in a request that may carry the credential, in the words of an OpenAPI security scheme. */
export interface CredentialLocation {
  /** What carries it. */
  readonly in: "header" | "cookie";
  /** As configured: header names are the same in any case, cookie names are not. */
  readonly name: string;
}

/** The policy in force at one moment, without any secret: what `describe()` gives and start-up prints. */
export interface PolicyDescription {
  /** Id of this AgentOS. */
  readonly id: string;
  /** As `GET /info` names it; `jwt-unverified` believes every token. */
  readonly authMode: Info["auth_mode"];
  /** False: a valid token may do everything. */
  readonly enforcesScopes: boolean;
  /** Each user reaches only their own data (contract 2.7). */
  readonly isolatesUsers: boolean;
  /** Every verification key, those of all issuers together. */
  readonly keys: readonly PolicyKey[];
  /** Algorithms of these keys, once each. */
  readonly algorithms: readonly string[];
  /** Undefined: not verified. */
  readonly audience: readonly string[] | undefined;
  /** The one issuer outside `issuers`; undefined: not verified. */
  readonly issuer: string | undefined;
  /** Empty when tokens are not told apart by their issuer. */
  readonly issuers: readonly PolicyIssuer[];
  /** `stale`: a file or issuer fails, and its last good keys are used; `failed`: they are too old, and are not used. */
  readonly keyState: KeySourceStatus["state"];
  /** The scope that satisfies every requirement. */
  readonly adminScope: string;
  /** Claims that are read; scopes undefined: the first of the usual ones. */
  readonly claims: Pick<ClaimNames, "scopes" | "userId" | "audience">;
  /** Where the credential is read, for people. */
  readonly token: string;
  /** Where the credential is read, the place that wins first; empty when none is configured, so that none is read. */
  readonly credentialLocations: readonly CredentialLocation[];
  /** Paths that need no credential, `METHOD` before those that are not GET; `(in part)` for some parameters only. */
  readonly publicRoutes: readonly string[];
  /** Origins whose pages may call from a browser. */
  readonly allowedOrigins: readonly string[];
  /** Warnings of the configuration and the keys; errors have stopped the start. */
  readonly findings: readonly RenderedFault[];
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
  findings: readonly Fault[],
): PolicyDescription {
  const keySet = keySource.current();
  const locations = locateCredential(resolved);
  return {
    id: resolved.id,
    authMode: authModeOf(resolved),
    enforcesScopes: resolved.mode === "jwt" && resolved.enforcesScopes,
    isolatesUsers: resolved.isolatesUsers,
    keys: keySet.keys.map(({ source, label, kid, thumbprint, repairs }) => ({
      source,
      label,
      kid,
      thumbprint,
      ...describeRepairs(repairs),
    })),
    algorithms: keySet.algorithms,
    audience: resolved.policy.audience,
    issuer: resolved.policy.issuer,
    issuers: (resolved.issuers ?? []).map(describeIssuer),
    keyState: keySource.status?.().state ?? "ok",
    adminScope: resolved.policy.adminScope,
    claims: resolved.policy.claimNames,
    token: locations.map((location) => `${location.in} ${location.name}`).join(", else ") || "nowhere",
    credentialLocations: locations,
    publicRoutes: routes.flatMap(describePublic),
    allowedOrigins: resolved.allowedOrigins,
    findings: Object.freeze(findings.map((fault) => renderFault(fault, resolved.cliCommand))),
  };
}

function describeIssuer({ policy, keyValues, jwksFile, remote }: ResolvedIssuer): PolicyIssuer {
  const keysFrom: PolicyIssuer["keysFrom"][number][] = [];
  if (keyValues.length > 0) keysFrom.push("configuration");
  if (jwksFile !== undefined) keysFrom.push("file");
  if (remote !== undefined) keysFrom.push("issuer" in remote.location ? "discovery" : "address");
  return {
    issuer: policy.issuer,
    keysFrom,
    algorithms: policy.algorithms,
    audience: policy.audience,
    allowedScopes: policy.allowedScopes,
    subjectPrefix: policy.subjectPrefix,
  };
}

/** A route that is public, or public for some values of its parameters. */
function describePublic({ name, access }: CompiledRoute): readonly string[] {
  const shown = name.replace(/^GET /, "");
  if (access.rule === "public") return [shown];
  return access.conditional.some(({ rule }) => rule === "public") ? [`${shown} (in part)`] : [];
}

function locateCredential({
  mode,
  tokenSource,
  tokenHeaderName,
  cookieName,
}: ResolvedAuth): readonly CredentialLocation[] {
  if (mode === "none") return [];
  // The security key has its one place, whatever is configured for tokens.
  if (mode === "security_key") return [{ in: "header", name: "Authorization" }];
  return [
    ...(tokenSource === "cookie" ? [] : [{ in: "header", name: tokenHeaderName } as const]),
    ...(tokenSource === "header" ? [] : [{ in: "cookie", name: cookieName } as const]),
  ];
}

const MODES: Record<Info["auth_mode"], string> = {
  jwt: "jwt: every request needs a valid token",
  "jwt-unverified": "jwt-unverified: UNSAFE, every token is believed, whoever wrote it",
  security_key: "security_key: every request needs the shared key; whoever has it may do everything",
  none: "none: no credential is configured; only this machine may call",
};

/** One line: name, where its keys come from, and what differs from the rest. */
function formatIssuer(
  { issuer, keysFrom, audience, algorithms, allowedScopes, subjectPrefix }: PolicyIssuer,
  policy: PolicyDescription,
): string {
  const hasOwnAudience = audience?.join(" ") !== policy.audience?.join(" ");
  const parts = [
    `keys by ${keysFrom.join(" and ")}`,
    ...(algorithms === undefined ? [] : [`only ${algorithms.join(", ")}`]),
    ...(hasOwnAudience ? [`audience ${audience?.join(", ") ?? "NOT verified"}`] : []),
    ...(allowedScopes === undefined ? [] : [`at most ${allowedScopes.join(" ") || "no scope"}`]),
    ...(subjectPrefix === undefined ? [] : [`users as ${subjectPrefix}…`]),
  ];
  return `${issuer ?? "tokens without an issuer"} (${parts.join("; ")})`;
}

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
      const name = key.kid === undefined ? "" : `, kid ${printable(key.kid)}`;
      rows.push([index === 0 ? "keys" : "", `${key.label}${name} (${key.source})`]);
      if (key.form !== undefined) rows.push(["", `  ${key.form}`]);
      for (const repair of key.repairs) rows.push(["", `  repaired: ${repair}`]);
    }
    rows.push(["audience", policy.audience === undefined ? "NOT verified" : policy.audience.join(", ")]);
    if (policy.issuers.length === 0 && policy.issuer !== undefined) rows.push(["issuer", policy.issuer]);
    for (const [index, issuer] of policy.issuers.entries())
      rows.push([index === 0 ? "issuers" : "", formatIssuer(issuer, policy)]);
    if (policy.keyState !== "ok")
      rows.push(["", `keys are ${policy.keyState}: a source of keys cannot be read any more`]);
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

/** A text from outside, fit for one line of a terminal. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 64);
}
