/** A JSON configuration becomes an AgentOS, or one list of everything that is wrong with it. */
import {
  AgentOS,
  type AgentOSOptions,
  type AuthorizationConfig,
  ConfigurationError,
  type ConfigurationFault,
  type Logger,
} from "@agentos/server";
import type { Context } from "../context.ts";
import { faultsOf } from "../failure.ts";
import { buildAgents } from "./build-agents.ts";
import { schemaFaults } from "./config-faults.ts";
import { type ConfigFile, configSchema } from "./config-schema.ts";
import { findUnavailable } from "./find-unavailable.ts";
import { prune } from "./prune.ts";
import { resolvePath, resolveSecret, type SecretContext } from "./resolve-secrets.ts";

export interface JsonConfigOptions {
  /** Folder of the configuration file. */
  readonly folder: string;
  readonly env: Context["env"];
  readonly cli: string;
  /** Default: the server's own. */
  readonly logger?: Logger | undefined;
}

/** Builds it and waits until its keys are judged. Throws a `ConfigurationError` with every fault. */
export async function loadJsonConfig(value: unknown, options: JsonConfigOptions): Promise<AgentOS> {
  const faults: ConfigurationFault[] = [...findUnavailable(value)];
  const { config, removed, faults: formFaults } = readForm(value);
  faults.push(...formFaults);
  const { agents, faults: agentFaults } = buildAgents(config?.agents ?? []);
  faults.push(...agentFaults);
  if (config === undefined) throw new ConfigurationError({ faults });

  const before = faults.length;
  const osOptions = toOptions(
    config,
    { env: options.env, folder: options.folder, report: (fault) => faults.push(fault) },
    options,
  );
  // A key that is given but cannot be had would be called missing too, which it is not.
  const isKeyElsewhere = faults.length > before || asksForKey(removed);
  const started = await start({ ...osOptions, agents });
  if ("os" in started) {
    if (faults.length === 0) return started.os;
    started.os.close();
  } else
    faults.push(
      ...started.faults
        .filter(({ code }) => !(isKeyElsewhere && code === "CONFIG_KEYS_MISSING"))
        .map(inJsonWords),
    );
  throw new ConfigurationError({ faults });
}

type Started = { readonly os: AgentOS } | { readonly faults: readonly ConfigurationFault[] };

/** Options are judged when an AgentOS is made, keys afterwards; for the second list the keys are tried alone. */
async function start(options: AgentOSOptions): Promise<Started> {
  const made = await tryStart(options);
  if ("os" in made || made.hasJudgedKeys) return made;
  const { verificationKeys, jwksFile, algorithm, unsafe } = options.authorizationConfig ?? {};
  if (verificationKeys === undefined && jwksFile === undefined) return made;
  const allowWeakSecrets = unsafe?.allowWeakSecrets;
  const alone = await tryStart({
    env: {},
    authorizationConfig: { verificationKeys, jwksFile, algorithm, unsafe: { allowWeakSecrets } },
  });
  if (!("os" in alone)) return { faults: [...made.faults, ...alone.faults] };
  alone.os.close();
  return made;
}

async function tryStart(
  options: AgentOSOptions,
): Promise<{ os: AgentOS } | { faults: readonly ConfigurationFault[]; hasJudgedKeys: boolean }> {
  let os: AgentOS | undefined;
  try {
    os = new AgentOS(options);
    await os.ready();
    return { os };
  } catch (error) {
    const faults = faultsOf(error);
    if (faults === undefined) throw error;
    return { faults, hasJudgedKeys: os !== undefined };
  }
}

interface Form {
  /** What is in order; undefined when nothing is. */
  readonly config: ConfigFile | undefined;
  readonly removed: readonly string[];
  readonly faults: readonly ConfigurationFault[];
}

function readForm(value: unknown): Form {
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return { config: parsed.data, removed: [], faults: [] };
  const faults = schemaFaults(parsed.error);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { config: undefined, removed: [], faults };
  const pruned = prune(value, parsed.error);
  const rest = configSchema.safeParse({ id: "unknown", ...(pruned.value as object) });
  return { config: rest.success ? rest.data : undefined, removed: pruned.removed, faults };
}

/** Keys that the file asks for in a form that is refused already. */
function asksForKey(removed: readonly string[]): boolean {
  return removed.some((path) =>
    /^authorization(?:$|\.(?:verificationKeys|jwksFile|jwksUrl|issuers?|validate)\b)/.test(path),
  );
}

function toOptions(
  config: ConfigFile,
  secrets: SecretContext,
  { env, cli, logger }: JsonConfigOptions,
): AgentOSOptions {
  const { authorization, securityKey } = config;
  const key =
    securityKey === undefined || securityKey === null
      ? undefined
      : resolveSecret(securityKey, "securityKey", secrets);
  return {
    id: config.id,
    name: config.name,
    description: config.description,
    cors: config.cors,
    env,
    cliCommand: cli,
    logger,
    securityKey: key,
    ...(authorization === undefined
      ? {}
      : { authorization: authorization?.enabled ?? authorization !== null }),
    ...(authorization === undefined || authorization === null
      ? {}
      : { authorizationConfig: toAuthorization(authorization, secrets) }),
  };
}

function toAuthorization(
  authorization: NonNullable<ConfigFile["authorization"]>,
  secrets: SecretContext,
): AuthorizationConfig {
  const { enabled: _enabled, issuers, ...rest } = authorization;
  return {
    ...resolveKeys(rest, "authorization", secrets),
    ...(issuers === undefined
      ? {}
      : {
          issuers: issuers.map((issuer, index) =>
            resolveKeys(issuer, `authorization.issuers[${index}]`, secrets),
          ),
        }),
  };
}

/** The same options with their `env:` and `file:` references replaced; what cannot be had is left out. */
function resolveKeys<
  Options extends {
    readonly verificationKeys?: string[] | undefined;
    readonly jwksFile?: string | undefined;
  },
>(
  options: Options,
  at: string,
  secrets: SecretContext,
): Omit<Options, "verificationKeys" | "jwksFile"> & {
  verificationKeys?: string[];
  jwksFile?: string;
} {
  const { verificationKeys, jwksFile, ...rest } = options;
  const keys = verificationKeys?.flatMap(
    (key, index) => resolveSecret(key, `${at}.verificationKeys[${index}]`, secrets) ?? [],
  );
  const file = jwksFile === undefined ? undefined : resolvePath(jwksFile, `${at}.jwksFile`, secrets);
  return {
    ...rest,
    ...(keys === undefined ? {} : { verificationKeys: keys }),
    ...(file === undefined ? {} : { jwksFile: file }),
  };
}

/** The server speaks of its own options; in the file they are called a little differently. */
function inJsonWords(fault: ConfigurationFault): ConfigurationFault {
  const rename = (text: string) =>
    text
      .replaceAll("authorizationConfig", "authorization")
      .replace(/^(verificationKeys\[|jwksFile\b|jwksUrl\b|issuers?\b)/, "authorization.$1");
  return {
    ...fault,
    message: rename(fault.message),
    ...(fault.at === undefined ? {} : { at: rename(fault.at) }),
  };
}
