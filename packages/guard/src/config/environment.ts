/** The only place of the guard that reads environment names (contract 1.2); what is built on it takes them from here. */
import { createFault, DEFAULT_PORT, type Fault } from "@agentos/contract";
import type { Environment } from "./auth-options.ts";
import { findEmptiness, isBlank } from "./empty-value.ts";
import { findHostProblem, readPortText } from "./listen-address.ts";
import { createOptionFault } from "./option-faults.ts";
import type { GivenOrigin } from "./origin-faults.ts";
import { isProxyRange } from "./proxy-range.ts";
import { findUnreadVariables, isServiceAddress } from "./unread-variables.ts";

export interface EnvironmentSettings {
  /** `OS_SECURITY_KEY`: the shared key for development; ignored once JWT is configured. Default none. */
  readonly securityKey: string | undefined;
  /** `JWT_VERIFICATION_KEY`: a public key (PEM, JWK or JWKS text) or HMAC secret; its presence turns JWT verification on. Default none. */
  readonly verificationKey: string | undefined;
  /** `JWT_JWKS_FILE`: path of a JWKS file; its presence turns JWT verification on. Default none. */
  readonly jwksFile: string | undefined;
  /** `AUTHORIZATION_ENABLED`: enforce scopes too (`true`, `1`, `yes`, `on`). Default false. */
  readonly isAuthorizationEnabled: boolean | undefined;
  /** `USER_ISOLATION_ENABLED`: each user reaches only their own data, unless the option `userIsolation` says so. Default false. */
  readonly isUserIsolationEnabled: boolean | undefined;
  /** `CORS_ORIGIN_LIST`: more allowed origins, as a JSON list or between commas; `*` is not accepted. Default none. */
  readonly corsOrigins: readonly string[];
  /** `AGENT_OS_TRUSTED_PROXIES`: addresses and ranges of the proxies in front, as a JSON list or between commas. Default none. */
  readonly trustedProxies: readonly string[];
  /** `DATABASE_URL`: where data is kept, `postgres://…` or `sqlite:PATH`, unless the option `database` says so. Default `sqlite:.agentos/agentos.db`. */
  readonly databaseUrl: string | undefined;
  /** `DATABASE_DIRECT_URL`: the same PostgreSQL without the pooler that `DATABASE_URL` leads to, for the one connection that listens for hints of other servers, unless the option `database` says so. Default none. */
  readonly databaseDirectUrl: string | undefined;
  /** `DOCS_ENABLED`: serve `/docs` and `/openapi.json`. Default true. */
  readonly areDocsEnabled: boolean;
  /** `AGENT_OS_HOST`: address that `serve` listens on. Default localhost. */
  readonly host: string | undefined;
  /** `AGENT_OS_PORT`: port that `serve` listens on; 0 takes a free one. Default: that of the product, for an AgentOS 7777. */
  readonly port: number | undefined;
}

export interface ReadEnvironment extends EnvironmentSettings {
  /**
   * Switches whose value says neither yes nor no: taken for off, a misspelling would open the server. What is set and
   * empty: somebody meant to give a value. And names that look like ours and are none.
   */
  readonly faults: readonly Fault[];
  /** Of `host` and `port`: they stop whoever serves and names no other ones, and nobody else. */
  readonly addressFaults: Readonly<Partial<Record<"host" | "port", Fault>>>;
  /** Documented names that are set and empty; they count as not set. */
  readonly emptyVariables: readonly string[];
}

const NAMES = [
  "OS_SECURITY_KEY",
  "JWT_VERIFICATION_KEY",
  "JWT_JWKS_FILE",
  "AUTHORIZATION_ENABLED",
  "USER_ISOLATION_ENABLED",
  "CORS_ORIGIN_LIST",
  "AGENT_OS_TRUSTED_PROXIES",
  "DATABASE_URL",
  "DATABASE_DIRECT_URL",
  "DOCS_ENABLED",
  "AGENT_OS_HOST",
  "AGENT_OS_PORT",
] as const;

type Name = (typeof NAMES)[number];

/** Reads the documented names; an empty value counts as unset, and is said to be empty. */
export function readEnvironment(env: Environment): ReadEnvironment {
  const read = (name: Name) => (isBlank(env[name] ?? "") ? undefined : env[name]);
  const faults: Fault[] = [];
  const readSwitch = (option: Name) => {
    const value = read(option);
    const isOn = value === undefined ? undefined : isYes(value);
    if (value !== undefined && isOn === undefined)
      faults.push(
        createOptionFault({
          option,
          problem: 'is neither "true" nor "false"',
          suggestion: `\`export ${option}=true\` or \`export ${option}=false\`, or \`unset ${option}\``,
        }),
      );
    return isOn;
  };
  const isAuthorizationEnabled = readSwitch("AUTHORIZATION_ENABLED");
  const isUserIsolationEnabled = readSwitch("USER_ISOLATION_ENABLED");
  const areDocsEnabled = readSwitch("DOCS_ENABLED") ?? true;
  const emptyVariables = NAMES.filter((name) => env[name] !== undefined && isBlank(env[name]));
  for (const variable of emptyVariables) {
    const facts = { variable, state: findEmptiness(env[variable]) ?? "empty" };
    faults.push(createFault({ code: "CONFIG_VARIABLE_EMPTY", facts }));
  }
  faults.push(...findUnreadVariables(env, NAMES));
  const origins = readList(read("CORS_ORIGIN_LIST"));
  if (origins.problem !== undefined)
    faults.push(
      createOptionFault({
        option: "CORS_ORIGIN_LIST",
        problem: origins.problem,
        suggestion: "write the origins with commas between them, without brackets and quotes",
      }),
    );
  const proxies = readList(read("AGENT_OS_TRUSTED_PROXIES"));
  const proxyProblem =
    proxies.problem ??
    (proxies.entries.every(isProxyRange)
      ? undefined
      : "has something in it that is no address or range, or a range that has everybody in it");
  if (proxyProblem !== undefined)
    faults.push(
      createOptionFault({
        option: "AGENT_OS_TRUSTED_PROXIES",
        problem: proxyProblem,
        suggestion:
          'set it to the addresses or ranges of your proxies, with commas between them, such as "10.0.0.0/8,192.0.2.7"',
      }),
    );
  const port = readPort(read("AGENT_OS_PORT"));
  if (port.warning !== undefined) faults.push(port.warning);
  const host = read("AGENT_OS_HOST");
  const hostProblem = host === undefined ? undefined : findHostProblem(host);
  const addressFaults = {
    ...(port.fault === undefined ? {} : { port: port.fault }),
    ...(hostProblem === undefined
      ? {}
      : { host: createOptionFault({ option: "AGENT_OS_HOST", ...hostProblem }) }),
  };
  return {
    securityKey: read("OS_SECURITY_KEY"),
    verificationKey: read("JWT_VERIFICATION_KEY"),
    jwksFile: read("JWT_JWKS_FILE"),
    isAuthorizationEnabled,
    isUserIsolationEnabled,
    corsOrigins: origins.entries,
    trustedProxies: proxies.entries,
    databaseUrl: read("DATABASE_URL"),
    databaseDirectUrl: read("DATABASE_DIRECT_URL"),
    areDocsEnabled,
    host: hostProblem === undefined ? host : undefined,
    port: port.port,
    faults,
    addressFaults,
    emptyVariables,
  };
}

/** The origins of the variable, each with its place. */
export function originsOf({ corsOrigins }: EnvironmentSettings): readonly GivenOrigin[] {
  return corsOrigins.map((origin) => ({ at: "CORS_ORIGIN_LIST", origin }));
}

function isYes(value: string): boolean | undefined {
  if (/^(1|true|yes|on|t|y)$/i.test(value.trim())) return true;
  return /^(0|false|no|off|f|n)$/i.test(value.trim()) ? false : undefined;
}

interface ReadPort {
  readonly port: number | undefined;
  readonly fault?: Fault;
  readonly warning?: Fault;
}

/** Kubernetes sets this name to an address, for a service called "agent-os": nobody wrote it, so it stops nothing. */
function readPort(value: string | undefined): ReadPort {
  if (value === undefined) return { port: undefined };
  const option = "AGENT_OS_PORT";
  if (isServiceAddress(value))
    return {
      port: undefined,
      warning: createFault({
        code: "CONFIG_OPTION_UNUSED",
        at: option,
        facts: {
          reason: 'it is the address that Kubernetes sets for a service called "agent-os", and no port',
          suggestion: `name the port where this server is started (--port ${DEFAULT_PORT}), or set "enableServiceLinks: false" in the pod`,
        },
      }),
    };
  const read = readPortText(value);
  if (read.port !== undefined) return { port: read.port };
  return {
    port: undefined,
    fault: createOptionFault({ option, problem: read.problem, suggestion: read.suggestion }),
  };
}

/** A JSON list, or words between commas. */
function readList(value: string | undefined): {
  readonly entries: readonly string[];
  readonly problem?: string;
} {
  if (value === undefined) return { entries: [] };
  if (value.trim().startsWith("[")) {
    const parsed = parseJson(value);
    if (!Array.isArray(parsed)) return { entries: [], problem: "begins like a JSON list, and is none" };
    const other = parsed.findIndex((entry) => typeof entry !== "string");
    const entries = parsed.filter((entry) => typeof entry === "string");
    return other === -1 ? { entries } : { entries, problem: `entry ${other} of its list is no text` };
  }
  return { entries: value.split(",").flatMap((entry) => (isBlank(entry) ? [] : [entry.trim()])) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
