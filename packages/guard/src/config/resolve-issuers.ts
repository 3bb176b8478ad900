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
  parseKeyUrl,
  type RemoteKeyLocation,
  type TokenPolicy,
} from "@agentos/auth";
import { createFault, type Fault } from "@agentos/contract";
import type { AuthorizationConfig } from "./auth-options.ts";
import { findAlikeNames, type NamedIssuer, nameIssuers } from "./issuer-names.ts";
import type { IssuerOptions } from "./issuer-options.ts";
import { createOptionFault } from "./option-faults.ts";
import { joinNames, nameOption, type WrittenIn } from "./option-names.ts";
import { findTemplate } from "./template-faults.ts";

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

/** What is checked of tokens unless an issuer says otherwise, and where the options were written. */
export interface IssuerContext {
  readonly tokens: TokenPolicy;
  readonly writtenIn: WrittenIn;
}

/** Resolves the issuers. */
export function resolveIssuers(
  config: AuthorizationConfig,
  ownKeys: OwnKeys,
  { tokens, writtenIn }: IssuerContext,
): ResolvedIssuers {
  const remote = findRemote(config, ownKeys);
  const listed = config.issuers ?? [];
  const hasOwn = ownKeys.keyValues.length > 0 || ownKeys.jwksFile !== undefined || remote !== undefined;
  // Keys from elsewhere are looked up only for tokens of their issuer: nobody else can cause a fetch.
  const areSeparate = listed.length > 0 || (remote !== undefined && config.issuer !== undefined);
  const ownName = tokens.name ?? DEFAULT_ISSUER_NAME;
  const own: IssuerKeys = { ...ownKeys, remote, at: "issuer", tokens };
  const names = nameIssuers(
    listed,
    hasOwn
      ? {
          at: nameOption("issuerName", writtenIn),
          who: `the keys outside "issuers" (${placesOf(ownKeys, remote).join(", ")})`,
          isNamed: config.issuerName !== undefined,
          name: ownName,
        }
      : undefined,
    writtenIn,
  );
  const others = listed.map((options, index) =>
    resolveIssuer(options, { ...names.listed[index], at: `issuers[${index}]` }, tokens),
  );
  const [first = own, ...rest] = hasOwn ? [own, ...others] : others;
  const shown = [...(hasOwn ? [{ name: ownName, subjectPrefix: undefined }] : []), ...names.listed];
  const alike = findAlikeNames(shown);
  return {
    areSeparate,
    hasKeys: hasOwn || listed.length > 0,
    keys: [first, ...rest],
    tokens: [first.tokens, ...rest.map((issuer) => issuer.tokens)],
    faults: [
      ...findIssuerFaults(config, listed, writtenIn),
      ...findOwnFaults(config, { ownKeys, remote, writtenIn }),
      ...names.faults,
      ...(alike.length === 0
        ? []
        : [createFault({ code: "CONFIG_USER_IDS_ALIKE", facts: { names: joinNames(alike) } })]),
    ],
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
      isAudienceTheId: options.audience === undefined && tokens.isAudienceTheId === true,
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

/** About the keys outside "issuers": what is open beside them, and what is set and reaches no key. */
function findOwnFaults(config: AuthorizationConfig, { ownKeys, remote, writtenIn }: Own): readonly Fault[] {
  const { issuer, issuers = [], validate } = config;
  const places = placesOf(ownKeys, remote);
  if (places.length > 0 && issuer === undefined && validate !== false) {
    // Beside "issuers" these keys are for tokens that name no issuer: nobody's "iss" is left unchecked.
    if (issuers.length > 0)
      return [
        createFault({
          code: "CONFIG_ISSUER_OF_KEYS_OPEN",
          at: nameOption("issuer", writtenIn),
          facts: { places: joinNames(places) },
        }),
      ];
    if (remote !== undefined)
      return [createFault({ code: "CONFIG_ISSUER_UNCHECKED", at: nameOption("jwksUrl", writtenIn) })];
  }
  if (places.length > 0 || validate === false) return [];
  return issuers.length > 0 ? findIdleOptions(config, writtenIn) : findUndiscoverable(config, writtenIn);
}

/** What gives the keys outside "issuers", as people call it. */
function placesOf({ keyValues, jwksFile }: OwnKeys, remote: KeyPlaces["remote"]): readonly string[] {
  const places = [jwksFile, remote].flatMap((place) => (place === undefined ? [] : [place.source]));
  return [...keyValues.map(({ source }) => source), ...places];
}

/** What is known of the keys outside "issuers". */
interface Own {
  readonly ownKeys: OwnKeys;
  readonly remote: KeyPlaces["remote"];
  readonly writtenIn: WrittenIn;
}

/** What is said of the keys outside "issuers" where there are none: a ceiling that holds nowhere is no small matter. */
function findIdleOptions(
  { issuer, issuerName, allowedScopes, algorithm }: AuthorizationConfig,
  writtenIn: WrittenIn,
): readonly Fault[] {
  const writtenInEntry = {
    issuer: undefined,
    issuerName: '"name"',
    allowedScopes: '"allowedScopes"',
    algorithm: '"algorithms", a list,',
  };
  return Object.entries({ issuer, issuerName, allowedScopes, algorithm }).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const entry = writtenInEntry[name as keyof typeof writtenInEntry];
    return [
      createOptionFault({
        option: nameOption(name, writtenIn),
        problem: 'it is about the keys outside "issuers", and there are none',
        suggestion:
          entry === undefined
            ? 'leave it out, since "issuers" has the trusted ones; or list it there too, with a "name" and its keys'
            : `write ${entry} into the entry of "issuers" that it is meant for`,
      }),
    ];
  });
}

/** An issuer that is the only thing that could give keys, and cannot; one that is only a name was never meant to. */
function findUndiscoverable({ issuer }: AuthorizationConfig, writtenIn: WrittenIn): readonly Fault[] {
  if (issuer === undefined || !/^[a-z][a-z0-9+.-]*:/i.test(issuer) || findTemplate(issuer) !== undefined)
    return [];
  const read = parseKeyUrl(issuer);
  if (read.ok) return [];
  return [createUndiscoverableFault({ issuer, problem: read.fault }, nameOption("issuer", writtenIn))];
}

/** Names the way that works without a change on the issuer's side: keys from a file, the issuer compared as it is. */
function createUndiscoverableFault(
  { issuer, problem }: { readonly issuer: string; readonly problem: string },
  at: string,
): Fault {
  const suggestion = issuer.startsWith("http://")
    ? 'keep it as it is, save the key set of this issuer to a file and name that in "jwksFile" beside it; only where the "iss" of the tokens begins with "https://", write that here'
    : 'keep it as it is, and give its keys in "jwksUrl", "jwksFile" or "verificationKeys" beside it';
  return createOptionFault({ option: at, problem: `its keys cannot be discovered: ${problem}`, suggestion });
}

function findIssuerFaults(
  config: AuthorizationConfig,
  listed: readonly IssuerOptions[],
  writtenIn: WrittenIn,
): readonly Fault[] {
  const names = [config.issuer, ...listed.map(({ issuer }) => issuer)];
  const prefixes = listed.map(({ subjectPrefix }) => subjectPrefix);
  return listed.flatMap((options, index) => {
    const at = (name: keyof IssuerOptions) => nameOption(`issuers[${index}].${name}`, writtenIn);
    const problem = (name: keyof IssuerOptions, text: string, suggestion: string) =>
      createOptionFault({ option: at(name), problem: text, suggestion });
    const { issuer, subjectPrefix } = options;
    const first = names.indexOf(issuer);
    const read = parseKeyUrl(issuer);
    const hasKeys = [options.jwksUrl, options.jwksFile, options.verificationKeys].some(
      (place) => place !== undefined,
    );
    return [
      ...(first === index + 1
        ? []
        : [
            problem(
              "issuer",
              "this issuer is configured twice",
              first === 0
                ? 'list it once: "issuer" beside "issuers" names it already'
                : `list it once: "issuers[${first - 1}]" names it already`,
            ),
          ]),
      ...(hasKeys || read.ok || findTemplate(issuer) !== undefined
        ? []
        : [createUndiscoverableFault({ issuer, problem: read.fault }, at("issuer"))]),
      ...(subjectPrefix === undefined || prefixes.indexOf(subjectPrefix) === index
        ? []
        : [
            problem(
              "subjectPrefix",
              `"issuers[${prefixes.indexOf(subjectPrefix)}]" has "${subjectPrefix}" already`,
              "give one of them another prefix",
            ),
          ]),
      ...(subjectPrefix !== undefined && isReservedPrincipal(subjectPrefix)
        ? [
            problem(
              "subjectPrefix",
              `"${subjectPrefix}" is reserved for the server itself`,
              'choose another, such as "partner:"',
            ),
          ]
        : []),
    ];
  });
}
