/** The only place of the guard that reads environment names (contract 1.2); what is built on it takes them from here. */
import { createFault, type Fault } from "@agentos/contract";
import type { Environment } from "./auth-options.ts";
import { createOptionFault } from "./option-faults.ts";
import { isProxyRange } from "./proxy-range.ts";

export interface EnvironmentSettings {
  /** `OS_SECURITY_KEY`: the shared key for development; ignored once JWT is configured. Default none. */
  readonly securityKey: string | undefined;
  /** `JWT_VERIFICATION_KEY`: a public key (PEM, JWK or JWKS text) or HMAC secret; its presence turns JWT verification on. Default none. */
  readonly verificationKey: string | undefined;
  /** `JWT_JWKS_FILE`: path of a JWKS file; its presence turns JWT verification on. Default none. */
  readonly jwksFile: string | undefined;
  /** `AUTHORIZATION_ENABLED`: enforce scopes too (`true`, `1`, `yes`, `on`). Default false. */
  readonly isAuthorizationEnabled: boolean | undefined;
  /** `CORS_ORIGIN_LIST`: more allowed origins, as a JSON list or between commas; `*` is ignored. Default none. */
  readonly corsOrigins: readonly string[];
  /** `AGENT_OS_TRUSTED_PROXIES`: addresses and ranges of the proxies in front, as a JSON list or between commas. Default none. */
  readonly trustedProxies: readonly string[];
  /** `DOCS_ENABLED`: serve `/docs` and `/openapi.json`. Default true. */
  readonly areDocsEnabled: boolean;
  /** `AGENT_OS_HOST`: address that `serve` listens on. Default localhost. */
  readonly host: string | undefined;
  /** `AGENT_OS_PORT`: port that `serve` listens on. Default: that of the product, for an AgentOS 7777. */
  readonly port: number | undefined;
}

export interface ReadEnvironment extends EnvironmentSettings {
  /**
   * Switches whose value says neither yes nor no: taken for off, a misspelling would open the server. And credentials
   * that are set and empty: somebody meant to protect this server.
   */
  readonly faults: readonly Fault[];
}

const CREDENTIALS = ["OS_SECURITY_KEY", "JWT_VERIFICATION_KEY", "JWT_JWKS_FILE"];

/** Reads the documented names; an empty value counts as unset. */
export function readEnvironment(env: Environment): ReadEnvironment {
  const read = (name: string) =>
    env[name] === undefined || env[name]?.trim() === "" ? undefined : env[name];
  const faults: Fault[] = [];
  const readSwitch = (option: string) => {
    const value = read(option);
    const isOn = value === undefined ? undefined : isYes(value);
    if (value !== undefined && isOn === undefined)
      faults.push(
        createOptionFault({
          option,
          problem: 'is neither "true" nor "false"',
          suggestion: 'set it to "true" or "false", or remove it',
        }),
      );
    return isOn;
  };
  const isAuthorizationEnabled = readSwitch("AUTHORIZATION_ENABLED");
  const areDocsEnabled = readSwitch("DOCS_ENABLED") ?? true;
  for (const variable of CREDENTIALS)
    if (env[variable]?.trim() === "")
      faults.push(createFault({ code: "CONFIG_VARIABLE_EMPTY", facts: { variable } }));
  const trustedProxies = readList(read("AGENT_OS_TRUSTED_PROXIES"));
  if (!trustedProxies.every(isProxyRange))
    faults.push(
      createOptionFault({
        option: "AGENT_OS_TRUSTED_PROXIES",
        problem: "has something in it that is no address or range, or a range that has everybody in it",
        suggestion: 'set it to the addresses or ranges of your proxies, such as "10.0.0.0/8,192.0.2.7"',
      }),
    );
  // Kubernetes sets this name to an address for a service called "agent-os": what is no port is not ours.
  const port = Number(read("AGENT_OS_PORT"));
  return {
    securityKey: read("OS_SECURITY_KEY"),
    verificationKey: read("JWT_VERIFICATION_KEY"),
    jwksFile: read("JWT_JWKS_FILE"),
    isAuthorizationEnabled,
    corsOrigins: readList(read("CORS_ORIGIN_LIST")),
    trustedProxies,
    areDocsEnabled,
    host: read("AGENT_OS_HOST"),
    port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined,
    faults,
  };
}

function isYes(value: string): boolean | undefined {
  if (/^(1|true|yes|on|t|y)$/i.test(value.trim())) return true;
  return /^(0|false|no|off|f|n)$/i.test(value.trim()) ? false : undefined;
}

/** A JSON list, or words between commas. */
function readList(value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  try {
    const parsed: unknown = JSON.parse(value);
    if (Array.isArray(parsed)) return parsed.filter((entry) => typeof entry === "string");
  } catch {
    // Not JSON: taken as a plain list below.
  }
  return value.split(",").flatMap((entry) => (entry.trim() === "" ? [] : [entry.trim()]));
}
