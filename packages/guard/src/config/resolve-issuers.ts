/**
 * From options to trusted issuers. Keys given outside "issuers" are one more: that of "issuer", or without it that of
 * the tokens that name no issuer at all. So every token has at most one issuer, and every key exactly one.
 */
import {
  type AuthPolicy,
  boundAlgorithms,
  DEFAULT_ISSUER_NAME,
  isKeyUrl,
  isReservedPrincipal,
  isSigningAlgorithm,
  type RemoteKeyLocation,
  type TokenPolicy,
} from "@agentos/auth";
import { createFault, type Fault } from "@agentos/contract";
import type { AuthorizationConfig } from "./auth-options.ts";
import { areUserIdsAlike, type NamedIssuer, nameIssuers } from "./issuer-names.ts";
import type { IssuerOptions } from "./issuer-options.ts";
import { createOptionFault } from "./option-faults.ts";

/** Where a verification key came from, as people call it. */
export interface KeyValue {
  readonly source: string;
  readonly value: string;
}

/** Where the keys of one issuer come from, as configured. */
export interface KeyPlaces {
  readonly keyValues: readonly KeyValue[];
  readonly jwksFile: { readonly source: string; readonly path: string } | undefined;
  readonly remote: { readonly source: string; readonly location: RemoteKeyLocation } | undefined;
  readonly algorithm: string | undefined;
}

/** The keys outside "issuers", environment included; their address is found here. */
export type OwnKeys = Omit<KeyPlaces, "remote">;

/** Keys that are kept apart from all others. */
export interface IssuerKeys extends KeyPlaces {
  /** Their place in the configuration, as people call it. */
  readonly at: string;
  /** What the tokens that they verify are checked against. */
  readonly tokens: TokenPolicy;
}

export interface ResolvedIssuers {
  /** Tokens are told apart by their "iss"; the keys outside "issuers" are then those of one issuer. */
  readonly areSeparate: boolean;
  /** Some key is configured. */
  readonly hasKeys: boolean;
  readonly keys: readonly IssuerKeys[];
  /** The part of the policy for each entry of `keys`. */
  readonly tokens: AuthPolicy["tokens"];
  readonly faults: readonly Fault[];
}

/** Resolves the issuers; `tokens` is what is checked unless an issuer says otherwise. */
export function resolveIssuers(
  config: AuthorizationConfig,
  ownKeys: OwnKeys,
  tokens: TokenPolicy,
): ResolvedIssuers {
  const remote = findRemote(config, ownKeys);
  const listed = config.issuers ?? [];
  const faults = findIssuerFaults(config, listed);
  const isOpen = config.issuer === undefined;
  // Beside "issuers" these keys are for tokens that name no issuer: nobody's "iss" is left unchecked.
  if (remote !== undefined && isOpen && listed.length === 0)
    faults.push(createFault({ code: "CONFIG_ISSUER_UNCHECKED" }));
  // Keys from elsewhere are looked up only for tokens of their issuer: nobody else can cause a fetch.
  const areSeparate = listed.length > 0 || (remote !== undefined && config.issuer !== undefined);
  const hasOwn = ownKeys.keyValues.length > 0 || ownKeys.jwksFile !== undefined || remote !== undefined;
  if (hasOwn && isOpen && listed.length > 0 && config.validate !== false)
    faults.push(createFault({ code: "CONFIG_ISSUER_OF_KEYS_OPEN" }));
  const own: IssuerKeys = { ...ownKeys, remote, at: "issuer", tokens };
  const ownName = tokens.name ?? DEFAULT_ISSUER_NAME;
  const names = nameIssuers(
    listed,
    hasOwn
      ? {
          at: "authorizationConfig.issuerName",
          who: 'the keys outside "issuers"',
          isNamed: config.issuerName !== undefined,
          name: ownName,
        }
      : undefined,
  );
  faults.push(...names.faults, ...(hasOwn || listed.length === 0 ? [] : findIdleOptions(config)));
  const others = listed.map((options, index) =>
    resolveIssuer(options, { ...names.listed[index], at: `issuers[${index}]` }, tokens),
  );
  const [first = own, ...rest] = hasOwn ? [own, ...others] : others;
  const keys = [first, ...rest];
  const shown = [...(hasOwn ? [{ name: ownName, subjectPrefix: undefined }] : []), ...names.listed];
  if (areUserIdsAlike(shown)) faults.push(createFault({ code: "CONFIG_USER_IDS_ALIKE" }));
  return {
    areSeparate,
    hasKeys: hasOwn || listed.length > 0,
    keys,
    tokens: [first.tokens, ...rest.map((issuer) => issuer.tokens)],
    faults,
  };
}

function resolveIssuer(
  options: IssuerOptions,
  { at, name, subjectPrefix }: Partial<NamedIssuer> & Pick<NamedIssuer, "at">,
  tokens: TokenPolicy,
): IssuerKeys {
  const { issuer, jwksUrl, jwksFile, verificationKeys, algorithms } = options;
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
    tokens: {
      ...tokens,
      name,
      issuer,
      audience: options.audience === undefined ? tokens.audience : [options.audience].flat(),
      algorithms: algorithms?.flatMap((one) => (isSigningAlgorithm(one) ? boundAlgorithms(one) : [])),
      allowedScopes: options.allowedScopes,
      subjectPrefix,
    },
  };
}

/** "jwksUrl", else discovery where "issuer" is a URL and nothing else gives keys. */
function findRemote(
  { jwksUrl, issuer, validate }: AuthorizationConfig,
  { keyValues, jwksFile }: OwnKeys,
): KeyPlaces["remote"] {
  if (jwksUrl !== undefined) return { source: "jwksUrl", location: { jwksUrl } };
  const hasKeys = keyValues.length > 0 || jwksFile !== undefined || validate === false;
  if (issuer === undefined || hasKeys || !isKeyUrl(issuer)) return undefined;
  return { source: "issuer", location: { issuer } };
}

/** What is said of the keys outside "issuers" where there are none: a ceiling that holds nowhere is no small matter. */
function findIdleOptions({ issuerName, allowedScopes, validate }: AuthorizationConfig): readonly Fault[] {
  const given = Object.entries({ issuerName, allowedScopes }).filter(([, value]) => value !== undefined);
  if (validate === false) return [];
  return given.map(([name]) =>
    createOptionFault({
      option: `authorizationConfig.${name}`,
      problem: 'it is about the keys outside "issuers", and there are none',
      suggestion: `write ${name === "issuerName" ? '"name"' : `"${name}"`} into the entry of "issuers" that it is meant for`,
    }),
  );
}

function findIssuerFaults(config: AuthorizationConfig, listed: readonly IssuerOptions[]): Fault[] {
  const names = [config.issuer, ...listed.map(({ issuer }) => issuer)];
  const prefixes = listed.map(({ subjectPrefix }) => subjectPrefix);
  return listed.flatMap((options, index) => {
    const problem = (name: keyof IssuerOptions, text: string, suggestion: string) =>
      createOptionFault({
        option: `authorizationConfig.issuers[${index}].${name}`,
        problem: text,
        suggestion,
      });
    const { issuer, subjectPrefix } = options;
    const hasKeys = [options.jwksUrl, options.jwksFile, options.verificationKeys].some(
      (place) => place !== undefined,
    );
    return [
      ...(names.indexOf(issuer) === index + 1
        ? []
        : [
            problem(
              "issuer",
              "this issuer is configured twice",
              issuer === config.issuer
                ? 'list it once: "issuer" beside "issuers" names it already'
                : "list it once",
            ),
          ]),
      ...(hasKeys || isKeyUrl(issuer)
        ? []
        : [
            problem(
              "issuer",
              "its keys cannot be discovered, since it is no https URL",
              'give "jwksUrl", "jwksFile" or "verificationKeys" beside it',
            ),
          ]),
      ...(subjectPrefix === undefined || prefixes.indexOf(subjectPrefix) === index
        ? []
        : [problem("subjectPrefix", "another issuer has it already", "give one of them another prefix")]),
      ...(subjectPrefix !== undefined && isReservedPrincipal(subjectPrefix)
        ? [
            problem(
              "subjectPrefix",
              "it is reserved for the server itself",
              'choose another, such as "partner:"',
            ),
          ]
        : []),
    ];
  });
}
