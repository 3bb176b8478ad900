/**
 * Names of the environment that look like ours and that nothing reads: a key under a misspelt name would leave the server
 * open, and say nothing. Only near names count; the environment is full of others.
 */
import { createFault, type Fault } from "@agentos/contract";
import { countChanges } from "@agentos/contract/text";
import type { Environment } from "./auth-options.ts";
import { nameOption, type WrittenIn } from "./option-names.ts";

/** Names that earlier versions, comments and guides of the reference use (contract 1.2), and what they are called. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  JWT_SECRET_KEY: "JWT_VERIFICATION_KEY",
  JWT_SECRET: "JWT_VERIFICATION_KEY",
  JWT_PUBLIC_KEY: "JWT_VERIFICATION_KEY",
  JWT_KEY: "JWT_VERIFICATION_KEY",
  JWT_JWKS: "JWT_JWKS_FILE",
  JWT_JWKS_PATH: "JWT_JWKS_FILE",
  AGENT_OS_SECURITY_KEY: "OS_SECURITY_KEY",
  AGENTOS_SECURITY_KEY: "OS_SECURITY_KEY",
  CORS_ORIGINS: "CORS_ORIGIN_LIST",
  USER_ISOLATION: "USER_ISOLATION_ENABLED",
};

/** Names that other frameworks have for what is an option here, and which one. */
const OPTIONS: Readonly<Record<string, string>> = {
  JWT_JWKS_URL: "jwksUrl",
  JWKS_URL: "jwksUrl",
  JWT_AUDIENCE: "audience",
  JWT_ISSUER: "issuer",
};

/** True for the address that Kubernetes and Docker set for a service called "agentos", under a name that nobody wrote. */
export function isServiceAddress(value: string): boolean {
  return /^(?:tcp|udp|sctp):\/\//.test(value);
}

/** One warning for each; where ours is set as well, the other one is nobody's mistake. */
export function findUnreadVariables(env: Environment, names: readonly string[]): readonly Fault[] {
  return Object.entries(env).flatMap(([variable, value]) => {
    if (value === undefined || value.trim() === "" || names.includes(variable)) return [];
    if (isServiceAddress(value)) return [];
    const option = Object.hasOwn(OPTIONS, variable) ? OPTIONS[variable] : undefined;
    if (option !== undefined) return [createUnreadOption(variable, option, "code")];
    const meant = findMeant(variable, names);
    if (meant === undefined || env[meant] !== undefined) return [];
    const suggestion = `it is called "${meant}" here: set that one instead, and for a shared secret also "algorithm" to "HS256" in the configuration; or \`unset ${variable}\``;
    const facts = { variable, meant, ...(variable.includes("SECRET") ? { suggestion } : {}) };
    return [createFault({ code: "CONFIG_VARIABLE_UNREAD", facts })];
  });
}

/** The warning about a variable whose value is an option of the configuration here. */
export function createUnreadOption(variable: string, option: string, writtenIn: WrittenIn): Fault {
  const meant = nameOption(option, writtenIn);
  const suggestion = `no variable gives it: set "${meant}" in the configuration instead, or \`unset ${variable}\``;
  return createFault({ code: "CONFIG_VARIABLE_UNREAD", facts: { variable, option, meant, suggestion } });
}

function findMeant(variable: string, names: readonly string[]): string | undefined {
  if (Object.hasOwn(OTHER_NAMES, variable)) return OTHER_NAMES[variable];
  // One change, and case and hyphens for nothing: LOGS_ENABLED is no DOCS_ENABLED.
  const wanted = variable.toUpperCase().replaceAll("-", "_");
  return names.find((name) => countChanges(wanted, name, 2) < 2);
}
