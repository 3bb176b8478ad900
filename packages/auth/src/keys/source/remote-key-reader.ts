/**
 * One look at an issuer's keys: discovery when it is due, then the key set, each with its ETag. It remembers the last
 * good document, so that "not modified" has a meaning; when to look is decided elsewhere.
 */

import type { KeyFault, VerificationKey } from "../model/key.ts";
import { createKeyFault } from "../model/key-fault.ts";
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
}

export type RemoteKeyRead =
  | {
      readonly isGood: true;
      readonly keys: readonly VerificationKey[];
      readonly isChanged: boolean;
      readonly faults: readonly KeyFault[];
      /** Seconds until the next look. */
      readonly ttlSeconds: number;
    }
  | { readonly isGood: false; readonly faults: readonly KeyFault[] };

interface KnownDocument {
  readonly url: string;
  readonly text: string;
  readonly etag: string | undefined;
}

/** `read` never rejects. */
export function createRemoteKeyReader(options: RemoteKeyReaderOptions): { read(): Promise<RemoteKeyRead> } {
  const { location, source, now } = options;
  let known: (KnownDocument & Pick<RemoteKeyRead & { isGood: true }, "keys" | "faults">) | undefined;
  let discovered: (KnownDocument & { jwksUrl: string; readAt: number; ttlSeconds: number }) | undefined;

  async function fetchKnown(url: string, previous: KnownDocument | undefined): Promise<FetchedDocument> {
    // An ETag belongs to its address: sent elsewhere it could confirm a document that was never read there.
    const etag = previous?.url === url ? previous.etag : undefined;
    try {
      const answer = await options.fetchDocument(url, { etag });
      const isConfirmed = answer.kind !== "not-modified" || etag !== undefined;
      return isConfirmed ? answer : { kind: "failed", code: "KEY_SOURCE_STATUS", facts: { status: 304 } };
    } catch {
      return { kind: "failed", code: "KEY_SOURCE_UNREACHABLE", facts: { reason: "the request failed" } };
    }
  }

  const failed = (
    url: string,
    document: string,
    { code, facts }: FetchedDocument & { kind: "failed" },
  ): KeyFault => createKeyFault(code, source, { ...facts, document, host: hostOf(url) });

  /** The address of the key set; known for as long as discovery allows. */
  async function locate(): Promise<{ readonly jwksUrl: string } | { readonly fault: KeyFault }> {
    if ("jwksUrl" in location) return location;
    if (discovered !== undefined && Math.abs(now() - discovered.readAt) < discovered.ttlSeconds)
      return discovered;
    const url = discoveryUrl(location.issuer);
    const answer = await fetchKnown(url, discovered);
    if (answer.kind === "failed") return { fault: failed(url, "discovery document", answer) };
    const freshness = { readAt: now(), ttlSeconds: readTtlSeconds(answer, DISCOVERY_TTL) };
    if (answer.kind === "not-modified") {
      // fetchKnown lets this through only for a document that is known.
      if (discovered !== undefined) discovered = { ...discovered, ...freshness };
    } else {
      const parsed = parseDiscovery(answer.text, { issuer: location.issuer, source });
      if ("fault" in parsed) return parsed;
      discovered = { url, text: answer.text, etag: answer.etag, jwksUrl: parsed.jwksUrl, ...freshness };
    }
    return (
      discovered ?? { fault: createKeyFault("KEY_DISCOVERY_INVALID", source, { reason: "it is empty" }) }
    );
  }

  async function read(): Promise<RemoteKeyRead> {
    const located = await locate();
    if ("fault" in located) return { isGood: false, faults: [located.fault] };
    const { jwksUrl: url } = located;
    const answer = await fetchKnown(url, known);
    const result = answer.kind === "failed" ? failed(url, "key set", answer) : await judge(url, answer);
    const outcome: RemoteKeyRead = "code" in result ? { isGood: false, faults: [result] } : result;
    // The keys may have moved: the next look asks where they are.
    if (!outcome.isGood && discovered !== undefined) discovered = { ...discovered, ttlSeconds: 0 };
    return outcome;
  }

  async function judge(
    url: string,
    answer: Exclude<FetchedDocument, { kind: "failed" }>,
  ): Promise<RemoteKeyRead | KeyFault> {
    const ttlSeconds = readTtlSeconds(answer, KEY_SET_TTL);
    const isSame = answer.kind === "not-modified" || (known?.url === url && known.text === answer.text);
    if (known !== undefined && isSame) {
      if (answer.kind === "document") known = { ...known, etag: answer.etag };
      return { isGood: true, keys: known.keys, faults: known.faults, isChanged: false, ttlSeconds };
    }
    const text = answer.kind === "document" ? answer.text : "";
    const { keys, faults } = await parseJwks(text, { ...options, refuseSecrets: true });
    // A set that says there are no keys has been read: emptying it is how keys are withdrawn in an emergency.
    const isEmpty = faults.some(({ code }) => code === "KEY_JWKS_EMPTY");
    if (!isEmpty && faults.some(({ severity }) => severity === "error")) return { isGood: false, faults };
    known = { url, text, etag: answer.kind === "document" ? answer.etag : undefined, keys, faults };
    return { isGood: true, keys, faults, isChanged: true, ttlSeconds };
  }

  return {
    async read() {
      try {
        return await read();
      } catch {
        // Whatever an issuer answers counts as an answer: the last good keys stay, and so does the cool-down.
        const reason = "reading it failed unexpectedly";
        return { isGood: false, faults: [createKeyFault("KEY_JWKS_INVALID", source, { reason })] };
      }
    },
  };
}

/** Host and port: enough to know whom to ask. A path or query may hold what is nobody's business. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "an address that is no URL";
}
