/**
 * From options to trusted issuers. Keys given outside "issuers" are one more: that of "issuer", or without it that of
 * the tokens that name no issuer at all. So every token has at most one issuer, and every key exactly one.
 */
import {
  boundAlgorithms,
  isKeyUrl,
  isReservedPrincipal,
  isSigningAlgorithm,
  type RemoteKeyLocation,
  type TokenPolicy,
} from "@agentos/auth";
import { createFault, type Fault } from "@agentos/contract";
import type { AuthorizationConfig } from "./auth-options.ts";
import type { IssuerOptions } from "./issuer-options.ts";
import { createOptionFault } from "./option-faults.ts";

/** Where a verification key came from, as people call it. */
export interface KeyValue {
  readonly source: string;
  readonly value: string;
}

/** The keys of one issuer, as configured. */
export interface KeyPlaces {
  readonly keyValues: readonly KeyValue[];
  readonly jwksFile: { readonly source: string; readonly path: string } | undefined;
  readonly remote: { readonly source: string; readonly location: RemoteKeyLocation } | undefined;
  readonly algorithm: string | undefined;
}

export interface ResolvedIssuer extends KeyPlaces {
  /** Its place in the configuration, as people call it. */
  readonly at: string;
  readonly policy: TokenPolicy;
}

export interface ResolvedIssuers {
  /** The keys outside "issuers". */
  readonly remote: KeyPlaces["remote"];
  /** All issuers when tokens are told apart by their "iss"; undefined when there is only one set of keys. */
  readonly issuers: readonly ResolvedIssuer[] | undefined;
  readonly findings: readonly Fault[];
}

/** Resolves the issuers; `places` are the keys outside "issuers", environment included. */
export function resolveIssuers(
  config: AuthorizationConfig,
  places: Omit<KeyPlaces, "remote">,
  policy: TokenPolicy,
): ResolvedIssuers {
  const remote = findRemote(config, places);
  const listed = config.issuers ?? [];
  const findings = judgeIssuers(config, listed);
  if (remote !== undefined && config.issuer === undefined)
    findings.push(createFault({ code: "CONFIG_ISSUER_UNCHECKED" }));
  // Keys from elsewhere are looked up only for tokens of their issuer: nobody else can cause a fetch.
  if (listed.length === 0 && (remote === undefined || config.issuer === undefined))
    return { remote, issuers: undefined, findings };

  const prefixes = listed.flatMap(({ subjectPrefix }) => subjectPrefix ?? []);
  const hasOwn = places.keyValues.length > 0 || places.jwksFile !== undefined || remote !== undefined;
  const own: ResolvedIssuer = {
    ...places,
    remote,
    at: "issuer",
    policy: { ...policy, foreignSubjectPrefixes: prefixes },
  };
  const issuers = [
    ...(hasOwn ? [own] : []),
    ...listed.map((options, index) => resolveIssuer(options, `issuers[${index}]`, { policy, prefixes })),
  ];
  if (issuers.filter((issuer) => issuer.policy.subjectPrefix === undefined).length > 1)
    findings.push(createFault({ code: "CONFIG_SUBJECTS_SHARED" }));
  return { remote, issuers, findings };
}

function resolveIssuer(
  options: IssuerOptions,
  at: string,
  { policy, prefixes }: { readonly policy: TokenPolicy; readonly prefixes: readonly string[] },
): ResolvedIssuer {
  const { issuer, jwksUrl, jwksFile, verificationKeys, subjectPrefix, algorithms } = options;
  const hasKeys = verificationKeys !== undefined || jwksFile !== undefined;
  const location: RemoteKeyLocation = jwksUrl === undefined ? { issuer } : { jwksUrl };
  return {
    at,
    keyValues: (verificationKeys ?? []).map((value, index) => ({
      source: `${at}.verificationKeys[${index}]`,
      value,
    })),
    jwksFile: jwksFile === undefined ? undefined : { source: `${at}.jwksFile`, path: jwksFile },
    remote:
      jwksUrl === undefined && hasKeys
        ? undefined
        : { source: jwksUrl === undefined ? `${at}.issuer` : `${at}.jwksUrl`, location },
    algorithm: algorithms?.length === 1 ? algorithms[0] : undefined,
    policy: {
      ...policy,
      issuer,
      audience: options.audience === undefined ? policy.audience : [options.audience].flat(),
      algorithms: algorithms?.flatMap((name) => (isSigningAlgorithm(name) ? boundAlgorithms(name) : [])),
      allowedScopes: options.allowedScopes,
      subjectPrefix,
      foreignSubjectPrefixes: subjectPrefix === undefined ? prefixes : [],
    },
  };
}

/** "jwksUrl", else discovery where "issuer" is a URL and nothing else gives keys. */
function findRemote(
  { jwksUrl, issuer, validate }: AuthorizationConfig,
  { keyValues, jwksFile }: Omit<KeyPlaces, "remote">,
): KeyPlaces["remote"] {
  if (jwksUrl !== undefined) return { source: "jwksUrl", location: { jwksUrl } };
  const hasKeys = keyValues.length > 0 || jwksFile !== undefined || validate === false;
  if (issuer === undefined || hasKeys || !isKeyUrl(issuer)) return undefined;
  return { source: "issuer", location: { issuer } };
}

function judgeIssuers(config: AuthorizationConfig, listed: readonly IssuerOptions[]): Fault[] {
  const names = [config.issuer, ...listed.map(({ issuer }) => issuer)];
  const prefixes = listed.map(({ subjectPrefix }) => subjectPrefix);
  return listed.flatMap((options, index) => {
    const problem = (name: keyof IssuerOptions, text: string) =>
      createOptionFault({
        option: `authorizationConfig.issuers[${index}].${name}`,
        problem: text,
      });
    const { issuer, subjectPrefix } = options;
    const hasKeys = [options.jwksUrl, options.jwksFile, options.verificationKeys].some(
      (place) => place !== undefined,
    );
    return [
      ...(names.indexOf(issuer) === index + 1 ? [] : [problem("issuer", "this issuer is configured twice")]),
      ...(hasKeys || isKeyUrl(issuer)
        ? []
        : [
            problem(
              "issuer",
              'its keys cannot be discovered, since it is no https URL; give "jwksUrl", "jwksFile" or "verificationKeys"',
            ),
          ]),
      ...(subjectPrefix === undefined || prefixes.indexOf(subjectPrefix) === index
        ? []
        : [problem("subjectPrefix", "another issuer has it already")]),
      ...(subjectPrefix !== undefined && isReservedPrincipal(subjectPrefix)
        ? [problem("subjectPrefix", "it is reserved for the server itself")]
        : []),
    ];
  });
}
