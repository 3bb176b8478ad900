/** The policy in force as the block that start-up prints. */
import {
  type AuthMode,
  type CredentialLocation,
  ceilingOf,
  DEFAULT_ISSUER_NAME,
  isTokenMode,
  limitScopes,
  type TokenPolicy,
} from "@agentos/auth";
import type { PolicyInForce } from "./describe-policy.ts";

const MODES: Readonly<Record<AuthMode, string>> = {
  jwt: "jwt: every request needs a valid token",
  "jwt-unverified": "jwt-unverified: UNSAFE, every token is believed, whoever wrote it",
  security_key: "security_key: every request needs the shared key; whoever has it may do everything",
  none: "none: no credential is configured; only this machine may call",
};

type Row = readonly [name: string, value: string];

/** The policy as one readable block. */
export function formatPolicy(policy: PolicyInForce): string {
  const rows: readonly Row[] = [
    ["id", policy.id],
    ["mode", MODES[policy.mode]],
    ...(isTokenMode(policy.mode) ? formatTokens(policy) : []),
    ...(policy.mode === "none"
      ? []
      : [["credential", formatLocations(policy.credentialLocations)] satisfies Row]),
    ...(policy.isolatesUsers ? [["isolation", "each user reaches only their own data"] satisfies Row] : []),
    ["public", policy.publicRoutes.join(" ") || "nothing"],
    ["origins", formatOrigins(policy)],
    ...(policy.database === undefined ? [] : [["database", policy.database] satisfies Row]),
    ...formatLimits(policy.limits ?? {}),
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(11)}${value}`);
  const findings = policy.findings.flatMap(({ severity, message, fix, code }) => [
    `  ${severity === "error" ? "error  " : "warning"}    ${message}`,
    `             fix: ${fix} [${code}]`,
  ]);
  return ["AgentOS policy", ...lines, ...findings].join("\n");
}

function formatOrigins({ allowedOrigins, localOrigins = [] }: PolicyInForce): string {
  const shown = allowedOrigins.map((origin) =>
    localOrigins.includes(origin) ? `${origin} (asked as localhost)` : origin,
  );
  return shown.join(" ") || "none";
}

/** `header X-Token, else cookie session`: where the credential is read, for people. */
export function formatLocations(locations: readonly CredentialLocation[]): string {
  return locations.map((location) => `${location.in} ${location.name}`).join(", else ") || "nowhere";
}

/** Two on a line: the limit of all together, and that of one caller. */
function formatLimits(limits: Readonly<Record<string, number>>): readonly Row[] {
  const texts = Object.entries(limits).map(([name, limit]) => `${name} ${limit}`);
  return texts.flatMap((text, index) =>
    index % 2 === 1
      ? []
      : [
          [
            index === 0 ? "limits" : "",
            [text, ...texts.slice(index + 1, index + 2)].join(", "),
          ] satisfies Row,
        ],
  );
}

/** What is demanded of tokens: scopes, keys, audience, issuers. */
function formatTokens(policy: PolicyInForce): readonly Row[] {
  const { enforcesScopes, keyState, tokens } = policy;
  const [{ audience, issuer, name = DEFAULT_ISSUER_NAME, allowedScopes }] = tokens;
  const scopes = enforcesScopes
    ? `enforced; ${formatAdmin(policy)}`
    : "NOT enforced: a valid token may do everything";
  return [
    ["scopes", scopes],
    ...(policy.separatesIssuers || allowedScopes === undefined
      ? []
      : [["", formatReach(tokens[0], policy)] satisfies Row]),
    ...policy.keys.flatMap((key, index) => formatKey(key, index === 0 ? "keys" : "")),
    ["audience", audience === undefined ? "NOT verified" : audience.join(", ")],
    ...(policy.separatesIssuers || issuer === undefined ? [] : [["issuer", issuer] satisfies Row]),
    ...(policy.separatesIssuers || name === DEFAULT_ISSUER_NAME
      ? []
      : [["users", `of "${name}"`] satisfies Row]),
    ...(policy.separatesIssuers
      ? tokens.map((part, index): Row => [index === 0 ? "issuers" : "", formatIssuer(part, policy)])
      : []),
    ...(keyState === "ok"
      ? []
      : [["", `keys are ${keyState}: a source of keys cannot be read any more`] satisfies Row]),
  ];
}

function formatKey(key: PolicyInForce["keys"][number], name: string): readonly Row[] {
  const kid = key.kid === undefined ? "" : `, kid ${toPrintable(key.kid)}`;
  return [
    [name, `${key.label}${kid} (${key.source})`],
    ...(key.form === undefined ? [] : [["", `  ${key.form}`] satisfies Row]),
    ...key.repairs.map((repair): Row => ["", `  repaired: ${repair}`]),
  ];
}

/** One line: `iss`, whose users its tokens name, where its keys come from, and what differs from the audience above. */
function formatIssuer(part: TokenPolicy, policy: PolicyInForce): string {
  const { name = DEFAULT_ISSUER_NAME, issuer, audience, algorithms, allowedScopes, subjectPrefix } = part;
  const { tokens, keyOrigins } = policy;
  const [first] = tokens;
  const keysFrom = keyOrigins.find((origins) => origins.issuer === issuer)?.keysFrom ?? [];
  const hasOwnAudience = audience?.join(" ") !== first.audience?.join(" ");
  const parts = [
    `users of "${name}"`,
    `keys by ${keysFrom.join(" and ")}`,
    ...(algorithms === undefined ? [] : [`only ${algorithms.join(", ")}`]),
    ...(hasOwnAudience ? [`audience ${audience?.join(", ") ?? "NOT verified"}`] : []),
    ...(allowedScopes === undefined && tokens.length === 1 ? [] : [formatReach(part, policy)]),
    ...(subjectPrefix === undefined ? [] : [`shown as ${subjectPrefix}…`]),
  ];
  return `${formatIss(part)} (${parts.join("; ")})`;
}

function formatIss({ issuer }: TokenPolicy): string {
  return issuer ?? "tokens without an issuer";
}

/** How far the tokens of one issuer reach. A list that has the admin scope covers everything, so it is no limit. */
function formatReach(part: TokenPolicy, policy: PolicyInForce): string {
  if (mayMakeAdmins(part, policy)) return "may grant everything, admin too";
  const { allowedScopes } = part;
  return allowedScopes === undefined
    ? "may grant everything but admin and authz"
    : `at most ${allowedScopes.join(" ") || "no scope"}`;
}

/** What the admin scope does, and from whom where not every token may have it. */
function formatAdmin(policy: PolicyInForce): string {
  const { adminScope, separatesIssuers, tokens } = policy;
  const from = tokens.filter((part) => mayMakeAdmins(part, policy));
  const satisfies = `"${adminScope}" satisfies all`;
  if (from.length === 0) return `${satisfies} (from: nobody)`;
  return separatesIssuers && tokens.length > 1
    ? `${satisfies} (from: ${from.map(formatIss).join(", ")})`
    : satisfies;
}

function mayMakeAdmins(part: TokenPolicy, policy: PolicyInForce): boolean {
  return limitScopes([policy.adminScope], ceilingOf(part, policy)).kept.length > 0;
}

/** A text from outside, fit for one line of a terminal. */
function toPrintable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 64);
}
