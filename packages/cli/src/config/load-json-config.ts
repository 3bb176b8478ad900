/** A JSON configuration becomes an AgentOS, or one list of everything that is wrong with it. */
import { resolve } from "node:path";
import type { Fault, FaultCode } from "@agentos/contract";
import { type AuthorizationConfig, ConfigurationError, type Logger } from "@agentos/guard";
import { AgentOS, type AgentOSOptions } from "@agentos/server";
import type { Context } from "../program/context.ts";
import { faultsOf } from "../program/failure.ts";
import { buildAgents } from "./build-agents.ts";
import { findFormFaults } from "./config-faults.ts";
import { type ConfigFile, configSchema } from "./config-schema.ts";
import { findUnavailable } from "./find-unavailable.ts";
import { prune } from "./prune.ts";
import { isReference, resolvePath, resolveSecret, type SecretContext } from "./resolve-secrets.ts";

export interface JsonConfigOptions {
  /** Folder of the configuration file. */
  readonly folder: string;
  readonly env: Context["env"];
  readonly cli: string;
  /** Default: the server's own. */
  readonly logger?: Logger | undefined;
  /** Somebody only looks at it: no database is opened or made. Default false. */
  readonly isExamined?: boolean | undefined;
}

/** Builds it and waits until its keys are judged, and its database is open. Throws a `ConfigurationError` with every fault. */
export async function loadJsonConfig(value: unknown, options: JsonConfigOptions): Promise<AgentOS> {
  const faults: Fault[] = [...findUnavailable(value)];
  const { config, removed, faults: formFaults } = readForm(value);
  faults.push(...formFaults);
  const { agents, faults: agentFaults } = buildAgents(config?.agents ?? []);
  faults.push(...agentFaults);
  if (config === undefined) throw new ConfigurationError({ faults, cli: options.cli });

  const origins = new Map<string, Origin>();
  const osOptions = toOptions(
    config,
    { env: options.env, folder: options.folder, report: (fault) => faults.push(fault), origins },
    options,
  );
  const { JWT_JWKS_FILE } = options.env;
  if (JWT_JWKS_FILE !== undefined) origins.set("JWT_JWKS_FILE", { at: "JWT_JWKS_FILE", from: JWT_JWKS_FILE });
  // Where something is wrong already it does not start, and opens nothing.
  const isExamined = options.isExamined === true || faults.length > 0;
  const started = await start({ ...osOptions, agents }, isExamined);
  if ("os" in started) {
    if (faults.length === 0) return started.os;
    await started.os.close();
  } else faults.push(...findCauses(started.faults.map(nameAsInFile), { known: faults, removed, origins }));
  throw new ConfigurationError({ faults, cli: options.cli });
}

/** What the server found, without what is only wrong because something else is, each at its place in the file. */
function findCauses(
  found: readonly Fault[],
  {
    known,
    removed,
    origins,
  }: {
    readonly known: readonly Fault[];
    readonly removed: readonly string[];
    readonly origins: ReadonlyMap<string, Origin>;
  },
): readonly Fault[] {
  const placed = found.map((fault) => placeInFile(fault, origins));
  return placed.filter((fault, index) => {
    const others = [...known, ...placed.filter((_, at) => at !== index)];
    return !isConsequence(fault, [...removed, ...others.flatMap(namePlaces)]);
  });
}

/** Options whose form the server refuses have the name that they have in code. */
function nameAsInFile(fault: Fault): Fault {
  const { at } = fault;
  return at === undefined ? fault : { ...fault, at: at.replace(/^authorizationConfig\b/, "authorization") };
}

/** Where a key stands in the file, and the `env:NAME`, `file:PATH` or path that it came from. */
interface Origin {
  readonly at: string;
  readonly from: string | undefined;
}

interface KeyContext extends SecretContext {
  /** By the name that the server has for it. */
  readonly origins: Map<string, Origin>;
}

type Started = { readonly os: AgentOS } | { readonly faults: readonly Fault[] };

/** Options are judged when an AgentOS is made, keys afterwards; for the second list the keys are tried alone. */
async function start(options: AgentOSOptions, isExamined: boolean): Promise<Started> {
  const made = await tryStart(options, isExamined);
  if ("os" in made || made.hasJudgedKeys) return made;
  const { verificationKeys = [], jwksFile, algorithm, unsafe } = options.authorizationConfig ?? {};
  if (verificationKeys.length === 0 && jwksFile === undefined) return made;
  const allowWeakSecrets = unsafe?.allowWeakSecrets;
  const isKnown = !made.faults.some(({ code }) => code === "KEY_ALGORITHM_UNKNOWN");
  const alone = await tryStart(
    {
      env: {},
      cliCommand: options.cliCommand,
      writtenIn: options.writtenIn,
      authorizationConfig: {
        verificationKeys,
        jwksFile,
        ...(isKnown ? { algorithm } : {}),
        unsafe: { allowWeakSecrets },
      },
    },
    true,
  );
  if (!("os" in alone)) return { faults: [...made.faults, ...alone.faults] };
  await alone.os.close();
  return made;
}

async function tryStart(
  options: AgentOSOptions,
  isExamined: boolean,
): Promise<{ os: AgentOS } | { faults: readonly Fault[]; hasJudgedKeys: boolean }> {
  let os: AgentOS | undefined;
  try {
    os = new AgentOS(options);
    await os.ready({ isExamined });
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
  readonly faults: readonly Fault[];
}

function readForm(value: unknown): Form {
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return { config: parsed.data, removed: [], faults: [] };
  const faults = findFormFaults(parsed.error, value);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { config: undefined, removed: [], faults };
  const pruned = prune(value, parsed.error);
  const rest = configSchema.safeParse({ id: "unknown", ...(pruned.value as object) });
  return { config: rest.success ? rest.data : undefined, removed: pruned.removed, faults };
}

/** Options without which a fault comes about: once one of them is refused, the fault is no second cause. */
const CONSEQUENCES: Readonly<Partial<Record<FaultCode, RegExp>>> = {
  CONFIG_KEYS_MISSING: /^authorization(?:$|\.(?:verificationKeys|jwksFile|jwksUrl|issuers?|validate)\b)/,
  CONFIG_AUDIENCE_UNCHECKED: /^authorization\.unsafe(?:$|\.allowAnyAudience$)/,
  CONFIG_TOKENS_UNVERIFIED: /^authorization\.unsafe(?:$|\.allowUnverifiedTokens$)/,
  CONFIG_ISSUER_NAME_SHARED: /^authorization\.issuerName$/,
  CONFIG_ROUTE_ACCESS_MISSING: /^authorization\.unsafe(?:$|\.allowUnmappedRoutes$)/,
  KEY_ALGORITHM_REQUIRED: /^authorization\.algorithm$/,
  KEY_SECRET_SHORT: /^authorization\.unsafe(?:$|\.allowWeakSecrets$)/,
};

/** Where a fault is, and the option that was meant where the name is no option. */
function namePlaces({ at, facts: { meant } }: Fault): readonly string[] {
  if (at === undefined) return [];
  return meant === undefined ? [at] : [at, at.replace(/[^.]*$/, String(meant))];
}

/** True for what is only wrong because something else was refused, and left out. */
function isConsequence({ code, at, facts }: Fault, refused: readonly string[]): boolean {
  const cause = CONSEQUENCES[code];
  if (cause !== undefined && refused.some((path) => cause.test(path))) return true;
  // Its entries are given, and none can be had.
  const isEmptyList = at !== undefined && String(facts["problem"]).startsWith("is empty");
  return isEmptyList && refused.some((path) => path.startsWith(`${at}[`));
}

function toOptions(
  config: ConfigFile,
  secrets: KeyContext,
  { env, cli, logger }: JsonConfigOptions,
): AgentOSOptions {
  const { authorization, securityKey } = config;
  // The server reads these by itself; where the file names them, they are there already.
  const isListed = authorization?.verificationKeys?.includes("env:JWT_VERIFICATION_KEY") === true;
  const isNamed = authorization?.jwksFile === "env:JWT_JWKS_FILE";
  const key =
    securityKey === undefined || securityKey === null
      ? undefined
      : resolveSecret({ option: "securityKey", value: securityKey }, secrets);
  return {
    id: config.id,
    name: config.name,
    description: config.description,
    cors: config.cors,
    trustedProxies: config.trustedProxies,
    limits: config.limits,
    databaseId: config.databaseId,
    retention: config.retention,
    ...resolveDatabaseOption(config.database, secrets),
    env: {
      ...env,
      ...(isListed ? { JWT_VERIFICATION_KEY: undefined } : {}),
      ...(isNamed ? { JWT_JWKS_FILE: undefined } : {}),
    },
    cliCommand: cli,
    writtenIn: "json",
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

/** The database with its references replaced; a path of SQLite starts at the folder of the file. */
function resolveDatabaseOption(
  database: ConfigFile["database"],
  secrets: KeyContext,
): Pick<AgentOSOptions, "database"> {
  if (database === undefined || database === null) return { database };
  const {
    url: value,
    directUrl: direct,
    ...rest
  } = typeof database === "string" ? { url: database } : database;
  const resolveAddress = (at: string, address: string) => {
    secrets.origins.set(at, { at, from: isReference(address) ? address : undefined });
    return resolveSecret({ option: at, value: address }, secrets);
  };
  const text = resolveAddress(typeof database === "string" ? "database" : "database.url", value);
  const directUrl = direct === undefined ? undefined : resolveAddress("database.directUrl", direct);
  // What cannot be had is told already; with the default instead nothing is opened.
  if (text === undefined) return { database: null };
  const path = /^sqlite:(?:\/\/)?(?!:memory:)(.+)$/i.exec(text.trim())?.[1];
  const url = path === undefined ? text : `sqlite:${resolve(secrets.folder, path)}`;
  return { database: typeof database === "string" ? url : { ...rest, url, directUrl } };
}

function toAuthorization(
  authorization: NonNullable<ConfigFile["authorization"]>,
  secrets: KeyContext,
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
  secrets: KeyContext,
): Omit<Options, "verificationKeys" | "jwksFile"> & {
  verificationKeys?: string[];
  jwksFile?: string;
} {
  const { verificationKeys, jwksFile, ...rest } = options;
  const keys = verificationKeys?.flatMap((key, index) => {
    const place = `${at}.verificationKeys[${index}]`;
    const secret = resolveSecret({ option: place, value: key }, secrets);
    return secret === undefined ? [] : [{ secret, place, from: isReference(key) ? key : undefined }];
  });
  const file =
    jwksFile === undefined ? undefined : resolvePath({ option: `${at}.jwksFile`, value: jwksFile }, secrets);
  // The server counts what it gets.
  for (const [index, { place, from }] of (keys ?? []).entries())
    secrets.origins.set(`${at}.verificationKeys[${index}]`, { at: place, from });
  if (file !== undefined) secrets.origins.set(`${at}.jwksFile`, { at: `${at}.jwksFile`, from: file });
  return {
    ...rest,
    ...(keys === undefined ? {} : { verificationKeys: keys.map(({ secret }) => secret) }),
    ...(file === undefined ? {} : { jwksFile: file }),
  };
}

/** The server names what it was given; the file has some of it by reference, and may have more of it. */
function placeInFile(fault: Fault, origins: ReadonlyMap<string, Origin>): Fault {
  const { code, at, facts, severity } = fault;
  const origin = at === undefined ? undefined : origins.get(at);
  if (origin === undefined) return { code, facts, severity, ...(at === undefined ? {} : { at }) };
  const { from } = origin;
  return { code, at: origin.at, facts: from === undefined ? facts : { ...facts, from }, severity };
}
