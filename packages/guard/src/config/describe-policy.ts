/** The policy in force: what the guard runs on, and what is only known while it runs, without any secret. */
import {
  type AuthPolicy,
  type CompiledRoute,
  DEFAULT_ISSUER_NAME,
  describeRepairs,
  type KeySource,
  type KeySourceStatus,
} from "@agentos/auth";
import { type Fault, type RenderedFault, renderFault } from "@agentos/contract";
import type { IssuerKeys } from "./resolve-issuers.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";

/** One verification key, as far as it may be shown. */
export interface PolicyKey {
  /** Where it came from, such as `verificationKeys[0]`. Never a path. */
  readonly source: string;
  /** Algorithm, kind, size and thumbprint; never anything of a secret but its length. */
  readonly label: string;
  /** Algorithms that it may be used with. */
  readonly algorithms: readonly string[];
  /** Key id; undefined when the key has none. */
  readonly kid: string | undefined;
  /** RFC 7638, of public keys only. */
  readonly thumbprint: string | undefined;
  /** How it came where that is not plain PEM or JWK, such as "read from base64"; nothing was wrong with it. */
  readonly form: string | undefined;
  /** What had to be mended to read it, as sentences. */
  readonly repairs: readonly string[];
}

/** What gives keys; `discovery` is the OpenID Connect document of an issuer. */
export type KeyOrigin = "configuration" | "file" | "address" | "discovery";

/** Where the keys of one issuer come from. */
export interface IssuerKeyOrigins {
  /** Name that the operator gave it; two that share their users have one name. */
  readonly name: string;
  /** Undefined: of the tokens that name no issuer. */
  readonly issuer: string | undefined;
  /** None: nothing gives keys. */
  readonly keysFrom: readonly KeyOrigin[];
}

/** The policy in force at one moment, without any secret: what `describe()` gives and start-up prints. */
export interface PolicyInForce extends AuthPolicy {
  /** Every verification key, those of all issuers together. */
  readonly keys: readonly PolicyKey[];
  /** `stale`: a file or issuer fails, and its last good keys are used; `failed`: they are too old, and are not used. */
  readonly keyState: KeySourceStatus["state"];
  /** One entry for each part of `tokens`. */
  readonly keyOrigins: readonly IssuerKeyOrigins[];
  /** Every route, the application's own too, with the access in force. */
  readonly routes: readonly CompiledRoute[];
  /** Switches that weaken a check and are set, such as `allowMissingExpiration`. */
  readonly unsafeSwitches: readonly string[];
  /** Paths that need no credential, `METHOD` before those that are not GET; `(in part)` for some parameters only. */
  readonly publicRoutes: readonly string[];
  /** Limits of the product by the name of their option, where the operator has chosen some; undefined: the defaults. */
  readonly limits?: Readonly<Record<string, number>> | undefined;
  /** Where data is kept: kind, and host, port and name or the path; undefined where the product says nothing of it. */
  readonly database?: string | undefined;
  /** Warnings of the configuration and the keys; errors have stopped the start. */
  readonly findings: readonly RenderedFault[];
}

/** Describes the policy in force now; keys may have changed since the start. */
export function describePolicy(
  {
    policy,
    issuerKeys,
    unsafeSwitches,
    cliCommand,
  }: Pick<ResolvedPolicy, "policy" | "issuerKeys" | "unsafeSwitches" | "cliCommand">,
  keySource: KeySource,
  {
    routes,
    faults,
    limits,
    database,
  }: {
    readonly routes: readonly CompiledRoute[];
    readonly faults: readonly Fault[];
    readonly limits?: PolicyInForce["limits"];
    readonly database?: string | undefined;
  },
): PolicyInForce {
  return {
    ...policy,
    keys: keySource.current().keys.map(({ source, label, algorithms, kid, thumbprint, repairs }) => ({
      source,
      label,
      algorithms,
      kid,
      thumbprint,
      ...describeRepairs(repairs),
    })),
    keyState: keySource.status?.().state ?? "ok",
    keyOrigins: issuerKeys.map(describeOrigins),
    routes,
    unsafeSwitches,
    publicRoutes: routes.flatMap(describePublic),
    ...(limits === undefined ? {} : { limits }),
    ...(database === undefined ? {} : { database }),
    findings: Object.freeze(faults.map((fault) => renderFault(fault, cliCommand))),
  };
}

function describeOrigins({ tokens, keyValues, jwksFile, remote }: IssuerKeys): IssuerKeyOrigins {
  const keysFrom: KeyOrigin[] = [];
  if (keyValues.length > 0) keysFrom.push("configuration");
  if (jwksFile !== undefined) keysFrom.push("file");
  if (remote !== undefined) keysFrom.push("issuer" in remote.location ? "discovery" : "address");
  return { name: tokens.name ?? DEFAULT_ISSUER_NAME, issuer: tokens.issuer, keysFrom };
}

/** A route that is public, or public for some values of its parameters. */
function describePublic({ name, access }: CompiledRoute): readonly string[] {
  const shown = name.replace(/^GET /, "");
  if (access.rule === "public") return [shown];
  return access.conditional.some(({ rule }) => rule === "public") ? [`${shown} (in part)`] : [];
}
