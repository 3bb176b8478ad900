/**
 * One look at an issuer's keys: discovery when it is due, then the key set, each with its ETag. It remembers the last
 * good document, so that "not modified" has a meaning; when to look is decided elsewhere.
 */

import { createFault, type Fault } from "@agentos/contract";
import { fail, ok, type Result } from "../../outcome/result.ts";
import type { VerificationKey } from "../model/key.ts";
import { type ParseJwksOptions, parseJwks } from "../set/parse-jwks.ts";
import { discoveryUrl, parseDiscovery } from "./discovery.ts";
import {
  DISCOVERY_TTL,
  type FetchDocument,
  type FetchedDocument,
  KEY_SET_TTL,
  readTtlSeconds,
} from "./fetch-document.ts";

/** A key set at an address, or the issuer whose discovery document names it. */
export type RemoteKeyLocation = { readonly jwksUrl: string } | { readonly issuer: string };

/** Whose keys to read, and with what. */
export interface RemoteKeyReaderOptions extends Pick<ParseJwksOptions, "source" | "algorithm"> {
  /** Where the keys are. The address itself is judged by `fetchDocument`. */
  readonly location: RemoteKeyLocation;
  /** The way to the network; refuses addresses that keys may not come from. */
  readonly fetchDocument: FetchDocument;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** What is wrong with keys that were read, beside the keys of other places; errors count as those of the set. */
  readonly findFaults?: ((keys: readonly VerificationKey[]) => Promise<readonly Fault[]>) | undefined;
}

/** What an issuer says its keys are. */
export interface RemoteKeys {
  readonly keys: readonly VerificationKey[];
  readonly isChanged: boolean;
  /** About single keys. */
  readonly faults: readonly Fault[];
  /** Seconds until the next look. */
  readonly ttlSeconds: number;
}

export interface RemoteKeyReader {
  /** Looks now; never rejects. */
  read(): Promise<Result<RemoteKeys, readonly Fault[]>>;
}

interface KnownDocument {
  readonly url: string;
  readonly text: string;
  readonly etag: string | undefined;
}

export function createRemoteKeyReader(options: RemoteKeyReaderOptions): RemoteKeyReader {
  const { location, source, now } = options;
  let known: (KnownDocument & Pick<RemoteKeys, "keys" | "faults">) | undefined;
  let discovered: (KnownDocument & { jwksUrl: string; readAt: number; ttlSeconds: number }) | undefined;

  async function fetchKnown(
    url: string,
    document: string,
    previous: KnownDocument | undefined,
  ): ReturnType<FetchDocument> {
    const name = { document, host: hostOf(url) };
    // An ETag belongs to its address: sent elsewhere it could confirm a document that was never read there.
    const etag = previous?.url === url ? previous.etag : undefined;
    try {
      const answer = await options.fetchDocument(url, { etag, name });
      if (!answer.ok) return fail(Object.freeze({ ...answer.fault, at: source }));
      const isUnasked = answer.value.kind === "not-modified" && etag === undefined;
      if (!isUnasked) return answer;
      return fail(createFault({ code: "KEY_SOURCE_STATUS", at: source, facts: { ...name, status: 304 } }));
    } catch {
      const facts = { ...name, reason: "the request failed" };
      return fail(createFault({ code: "KEY_SOURCE_UNREACHABLE", at: source, facts }));
    }
  }

  /** The address of the key set; known for as long as discovery allows. */
  async function locate(): Promise<Result<string, Fault>> {
    if ("jwksUrl" in location) return ok(location.jwksUrl);
    if (discovered !== undefined && Math.abs(now() - discovered.readAt) < discovered.ttlSeconds)
      return ok(discovered.jwksUrl);
    const url = discoveryUrl(location.issuer);
    const answer = await fetchKnown(url, "discovery document", discovered);
    if (!answer.ok) return answer;
    const freshness = { readAt: now(), ttlSeconds: readTtlSeconds(answer.value, DISCOVERY_TTL) };
    if (answer.value.kind === "document") {
      const { text, etag } = answer.value;
      const parsed = parseDiscovery(text, { issuer: location.issuer, source });
      if (!parsed.ok) return parsed;
      discovered = { url, text, etag, jwksUrl: parsed.value, ...freshness };
    }
    // fetchKnown lets "not modified" through only for a document that is known.
    else if (discovered !== undefined) discovered = { ...discovered, ...freshness };
    if (discovered !== undefined) return ok(discovered.jwksUrl);
    return fail(createFault({ code: "KEY_DISCOVERY_INVALID", at: source, facts: { reason: "it is empty" } }));
  }

  async function read(): Promise<Result<RemoteKeys, readonly Fault[]>> {
    const located = await locate();
    if (!located.ok) return fail([located.fault]);
    const url = located.value;
    const answer = await fetchKnown(url, "key set", known);
    const outcome = answer.ok ? await accept(url, answer.value) : fail([answer.fault]);
    // The keys may have moved: the next look asks where they are.
    if (!outcome.ok && discovered !== undefined) discovered = { ...discovered, ttlSeconds: 0 };
    return outcome;
  }

  async function accept(url: string, answer: FetchedDocument): Promise<Result<RemoteKeys, readonly Fault[]>> {
    const ttlSeconds = readTtlSeconds(answer, KEY_SET_TTL);
    const isSame = answer.kind === "not-modified" || (known?.url === url && known.text === answer.text);
    if (known !== undefined && isSame) {
      if (answer.kind === "document") known = { ...known, etag: answer.etag };
      return ok({ keys: known.keys, faults: known.faults, isChanged: false, ttlSeconds });
    }
    const text = answer.kind === "document" ? answer.text : "";
    const parsed = await parseJwks(text, { ...options, refuseSecrets: true });
    const { keys } = parsed;
    const faults = [...parsed.faults, ...((await options.findFaults?.(keys)) ?? [])];
    // A set that says there are no keys has been read: emptying it is how keys are withdrawn in an emergency.
    const isEmpty = faults.some(({ code }) => code === "KEY_JWKS_EMPTY");
    if (!isEmpty && faults.some(({ severity }) => severity === "error")) return fail(faults);
    known = { url, text, etag: answer.kind === "document" ? answer.etag : undefined, keys, faults };
    return ok({ keys, faults, isChanged: true, ttlSeconds });
  }

  return {
    async read() {
      try {
        return await read();
      } catch {
        // Whatever an issuer answers counts as an answer: the last good keys stay, and so does the cool-down.
        const facts = { reason: "reading it failed unexpectedly" };
        return fail([createFault({ code: "KEY_JWKS_INVALID", at: source, facts })]);
      }
    },
  };
}

/** Host and port: enough to know whom to ask. A path or query may hold what is nobody's business. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "an address that is no URL";
}
