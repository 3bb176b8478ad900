/** Fetches, parses and judges every key at start (design.md section 6); what cannot work stops it by name. */
import {
  combineKeySources,
  createRemoteKeySource,
  createStaticKeySource,
  dropConsequences,
  type FetchDocument,
  findSharedNumbers,
  type KeySource,
  nameMixedKinds,
  parseVerificationKeys,
  type TrustedIssuer,
  type VerificationKey,
} from "@agentos/auth";
import type { Fault } from "@agentos/contract";
import { createOptionFault } from "../config/option-faults.ts";
import type { IssuerKeys, KeyPlaces } from "../config/resolve-issuers.ts";
import type { ResolvedPolicy } from "../config/resolve-policy.ts";
import { createFetchDocument } from "./fetch-key-document.ts";
import { createJwksFileKeySource, type JwksFileOptions } from "./jwks-file-key-source.ts";

export interface LoadedKeys {
  /** The keys of all issuers together. */
  readonly keySource: KeySource;
  /** The same by issuer: one entry for each part of the policy. */
  readonly issuers: readonly TrustedIssuer[];
  /** What is wrong with keys and where they come from; errors have to stop the start. */
  readonly faults: readonly Fault[];
  close(): void;
}

/** How often keys from elsewhere are looked at when nobody calls: a withdrawn key is gone in time all the same. */
const LOOK_INTERVAL_MS = 30_000;

/** Loads the keys of all sources. */
export async function loadKeys(
  resolved: Pick<ResolvedPolicy, "issuerKeys" | "allowsWeakSecrets">,
  now: () => number,
  fetchDocument: FetchDocument = createFetchDocument(),
): Promise<LoadedKeys> {
  // Until all are there nobody can compare; afterwards each set that is read is held against all that is in force: a
  // secret against the public keys of every issuer, a public key against every secret.
  const inForce: { keys: () => readonly VerificationKey[] } = { keys: () => [] };
  const findFaults = async (read: readonly VerificationKey[]) =>
    findSharedNumbers([...inForce.keys(), ...read]);
  const context = { now, fetchDocument, findFaults, allowWeakSecrets: resolved.allowsWeakSecrets };
  const loaded = await Promise.all(
    resolved.issuerKeys.map(async (issuer) => ({ issuer, ...(await loadPlaces(issuer, context)) })),
  );
  const keySource = combineKeySources(loaded.map((part) => part.keySource));
  const shared = await findSharedNumbers(keySource.current().keys);
  inForce.keys = () => keySource.current().keys;
  const isRemote = resolved.issuerKeys.some(({ remote }) => remote !== undefined);
  const timer = isRemote ? setInterval(() => keySource.current(), LOOK_INTERVAL_MS).unref() : undefined;
  return {
    keySource,
    issuers: loaded.map(({ issuer, keySource: keys }) => ({ policy: issuer.tokens, keySource: keys })),
    faults: [...loaded.flatMap(({ faults }) => faults), ...loaded.flatMap(findAlgorithmFaults), ...shared],
    close() {
      clearInterval(timer);
      for (const part of loaded) part.close();
    },
  };
}

interface LoadedPlaces {
  readonly keySource: KeySource;
  readonly faults: readonly Fault[];
  close(): void;
}

/** Loads the keys of one issuer: explicit ones first, then file, then address. */
async function loadPlaces(
  { keyValues, jwksFile, remote, algorithm }: KeyPlaces,
  context: {
    readonly now: () => number;
    readonly fetchDocument: FetchDocument;
    readonly findFaults: NonNullable<JwksFileOptions["findFaults"]>;
    readonly allowWeakSecrets: boolean;
  },
): Promise<LoadedPlaces> {
  const options = { ...context, ...(algorithm === undefined ? {} : { algorithm }) };
  const [explicit, file, address] = await Promise.all([
    parseVerificationKeys(keyValues, options),
    jwksFile === undefined ? undefined : createJwksFileKeySource({ ...options, ...jwksFile }),
    remote === undefined ? undefined : createRemoteKeySource({ ...options, ...remote }),
  ]);
  const watched = [file?.keySource, address?.keySource].filter((source) => source !== undefined);
  const keySource = combineKeySources([createStaticKeySource(explicit.keys), ...watched]);
  // What the parts say of each other is judged over all of them.
  const faults = [explicit, file, address].flatMap((result) => result?.faults ?? []);
  const named = nameMixedKinds({ keys: keySource.current().keys, faults });
  return {
    keySource,
    faults: dropConsequences(named).faults,
    close() {
      for (const source of watched) source.close();
    },
  };
}

/** An allow-list that fits no key would refuse every token of the issuer. */
function findAlgorithmFaults({
  issuer,
  keySource,
}: {
  readonly issuer: IssuerKeys;
  readonly keySource: KeySource;
}): readonly Fault[] {
  const allowed = issuer.tokens.algorithms;
  const { algorithms } = keySource.current();
  if (allowed === undefined || algorithms.length === 0) return [];
  if (algorithms.some((algorithm) => allowed.includes(algorithm))) return [];
  const problem = `no key of this issuer is for one of them; its keys are for ${algorithms.join(", ")}`;
  const option = `authorizationConfig.${issuer.at}.algorithms`;
  const list = algorithms.map((algorithm) => `"${algorithm}"`).join(", ");
  return [createOptionFault({ option, problem, suggestion: `write "algorithms": [${list}]` })];
}
