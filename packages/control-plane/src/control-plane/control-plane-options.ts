/** The options of a control plane, checked as a whole. */
import { isLoopbackHost } from "@agentos/auth";
import { DEFAULT_CLI, type Fault } from "@agentos/contract";
import type { Environment, Logger } from "@agentos/guard";
import {
  createOptionFault,
  filledText,
  findOptionFaults,
  isObjectWith,
  trustedProxiesSchema,
} from "@agentos/guard/app";
import { z } from "zod";
import type { LocalInstance } from "../instances/local-instance.ts";
import { CONSOLE_FOLDER } from "../pages/console-pages.ts";
import { type PlacedDatabase, placeDatabase } from "./open-control-plane-database.ts";

/** Where the control plane is by default. */
export const DEFAULT_CONTROL_PLANE_PORT = 7778;

const DEFAULT_AUDIT_DAYS = 400;

/** How long data is kept. */
export interface ControlPlaneRetentionOptions {
  /** Entries of the audit log, in days. Default 400: a year, and time to look at it. */
  readonly auditDays?: number | undefined;
}

/** What a control plane is told. */
export interface ControlPlaneOptions {
  /**
   * Public address, as people and instances reach it: scheme, host and port. Sign-in is bound to it, and instances read
   * keys below it. Default: `AGENTOS_CONTROL_PLANE_URL`, else http://127.0.0.1:7778.
   */
  readonly url?: string | undefined;
  /** `postgres://…`, or `sqlite:` and a path. Default: `AGENTOS_CONTROL_PLANE_DATABASE`, else `sqlite:.agentos/control-plane.db`. */
  readonly database?: string | undefined;
  /** Hosts of instances that the control plane may call although their addresses are private. Default none. */
  readonly allowedPrivateEndpoints?: readonly string[] | undefined;
  /** Addresses and ranges of the proxies in front. Default: none, and the peer of the connection is the client. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** How long data is kept that grows without an end. */
  readonly retention?: ControlPlaneRetentionOptions | undefined;
  /** Instances in this very process, which its switches reconfigure. Default none. */
  readonly localInstances?: readonly LocalInstance[] | undefined;
  /** Folder of the built console. Default: the one that comes with this package; without one there is a plain page. */
  readonly consoleFolder?: string | undefined;
  /** Where the operator reads. Default: JSON lines on standard error, credentials replaced. */
  readonly logger?: Logger | undefined;
  /** Environment to read the documented names from. Default: the process's. */
  readonly env?: Environment | undefined;
  /** The command that fixes name. Default "npx --no agentos". */
  readonly cliCommand?: string | undefined;
  /** Where relative paths start, and the folder of its files is. Default: the process's. */
  readonly workingDirectory?: string | undefined;
}

const optionsSchema = z.strictObject({
  url: filledText.optional(),
  database: z.string().optional(),
  allowedPrivateEndpoints: z.array(filledText).readonly().optional(),
  trustedProxies: trustedProxiesSchema.optional(),
  // Less than a day would hide what somebody has just done; more than a century is a slip.
  retention: z.strictObject({ auditDays: z.number().min(1).max(36_500).optional() }).optional(),
  localInstances: z
    .array(z.custom<LocalInstance>(isObjectWith("apply"), "must have endpoint and apply"))
    .readonly()
    .optional(),
  consoleFolder: filledText.optional(),
  logger: z.custom<Logger>(isObjectWith("warn"), "must have info, warn and error").optional(),
  env: z.record(z.string(), z.string().optional()).optional(),
  cliCommand: filledText.optional(),
  workingDirectory: filledText.optional(),
});

/** Options with their defaults. */
export interface ResolvedControlPlane {
  /** Without a slash at its end. */
  readonly url: string;
  readonly database: PlacedDatabase | undefined;
  readonly env: Environment;
  readonly cliCommand: string;
  readonly workingDirectory: string;
  readonly allowedPrivateEndpoints: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly auditDays: number;
  readonly localInstances: readonly LocalInstance[];
  readonly consoleFolder: string;
  readonly faults: readonly Fault[];
}

/** Nothing is thrown: what is wrong is among the faults. */
export function resolveControlPlane(options: ControlPlaneOptions): ResolvedControlPlane {
  const parsed = optionsSchema.safeParse(options);
  const { env = process.env, workingDirectory = process.cwd(), cliCommand = DEFAULT_CLI } = options;
  const given = parsed.success ? parsed.data : {};
  const address = readUrl(given.url, env["AGENTOS_CONTROL_PLANE_URL"]);
  const database = placeDatabase(
    { option: given.database, variable: env["AGENTOS_CONTROL_PLANE_DATABASE"] },
    workingDirectory,
  );
  const isPlaced = !("code" in database);
  return {
    url: address.url,
    database: isPlaced ? database : undefined,
    env,
    cliCommand,
    workingDirectory,
    allowedPrivateEndpoints: given.allowedPrivateEndpoints ?? [],
    trustedProxies: given.trustedProxies ?? [],
    auditDays: given.retention?.auditDays ?? DEFAULT_AUDIT_DAYS,
    localInstances: given.localInstances ?? [],
    consoleFolder: given.consoleFolder ?? CONSOLE_FOLDER,
    faults: [
      ...(parsed.success ? [] : findOptionFaults(parsed.error, { schema: optionsSchema, given: options })),
      ...address.faults,
      ...(isPlaced ? [] : [database]),
    ],
  };
}

/** Not "localhost": that is where everything else of a machine is, and it would be sent the cookie. */
const DEFAULT_URL = `http://127.0.0.1:${DEFAULT_CONTROL_PLANE_PORT}`;

/** A session cookie over plain HTTP is read by whoever sits between, so only this machine may be called so. */
function readUrl(
  option: string | undefined,
  variable: string | undefined,
): { readonly url: string; readonly faults: readonly Fault[] } {
  const text = option ?? (variable === "" ? undefined : variable);
  if (text === undefined) return { url: DEFAULT_URL, faults: [] };
  const at = option === undefined ? "AGENTOS_CONTROL_PLANE_URL" : "url";
  const refuse = (
    problem: string,
    suggestion = 'write scheme, host and port alone, such as "https://console.example.com"',
  ) => ({
    url: DEFAULT_URL,
    faults: [
      createOptionFault({
        option: at,
        problem,
        suggestion,
      }),
    ],
  });
  const url = URL.parse(text);
  if (url === null) return refuse("is no address");
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return refuse("begins with neither https nor http");
  if (url.username !== "" || url.password !== "") return refuse("has a user or a password in it");
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
    return refuse("has more than scheme, host and port");
  if (!/^[a-z\d.:[\]-]+$/.test(url.host)) return refuse("has a host that is no name and no address");
  if (url.protocol === "http:" && !isLoopbackHost(url.hostname))
    return refuse(
      "is plain http, over which others read the session of whoever signs in; only this machine may be called so",
      "let a proxy in front end TLS, and write its https address",
    );
  return { url: url.origin, faults: [] };
}
