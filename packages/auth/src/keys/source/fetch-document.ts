/** The port through which keys are fetched, and how long an answer counts. What really fetches is in the guard (`guard/keys`). */

import type { Fault, FaultCode } from "@agentos/contract";
import type { Result } from "../../outcome/result.ts";

/** Why a document could not be had. */
export type FetchFaultCode = Extract<
  FaultCode,
  | "KEY_URL_REFUSED"
  | "KEY_SOURCE_UNREACHABLE"
  | "KEY_SOURCE_TIMEOUT"
  | "KEY_SOURCE_STATUS"
  | "KEY_SOURCE_REDIRECT"
  | "KEY_SOURCE_TOO_LARGE"
  | "KEY_SOURCE_WEB_PAGE"
  | "KEY_SOURCE_NO_TEXT"
>;

/** Response headers that say how long the answer may be used. */
export interface FetchedFreshness {
  /** `Cache-Control` as received (RFC 9111 section 5.2). */
  readonly cacheControl?: string | undefined;
  /** `Age`: how long a cache on the way has had it, in seconds. Default 0. */
  readonly ageSeconds?: number | undefined;
}

/** What a fetch gave: the document, or "not modified" for the ETag that was sent. */
export type FetchedDocument =
  | ({
      readonly kind: "document";
      /** The body, within the size limit of whoever fetches. */
      readonly text: string;
      /** `ETag` as received, sent back with the next fetch. */
      readonly etag?: string | undefined;
    } & FetchedFreshness)
  | ({ readonly kind: "not-modified" } & FetchedFreshness);

/** What is fetched, for people: a fault names it and never the address, whose path or query may be nobody's business. */
export interface DocumentName {
  /** Such as "key set". */
  readonly document: string;
  /** Host and port: enough to know whom to ask. */
  readonly host: string;
}

/** Fetches one document, or says why there is none. A rejection counts as unreachable; its text is never shown. */
export type FetchDocument = (
  url: string,
  options: { readonly etag?: string | undefined; readonly name: DocumentName },
) => Promise<Result<FetchedDocument, Fault<FetchFaultCode>>>;

export interface TtlBounds {
  readonly fallbackSeconds: number;
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

/** A key that was withdrawn is gone after the longest of these at the latest, whatever the issuer's caches say. */
export const KEY_SET_TTL: TtlBounds = { fallbackSeconds: 300, minSeconds: 60, maxSeconds: 900 };
export const DISCOVERY_TTL: TtlBounds = { fallbackSeconds: 3600, minSeconds: 300, maxSeconds: 3600 };

/** Seconds until the next look (RFC 9111 section 5.2.2): what the answer says, within the bounds. */
export function readTtlSeconds({ cacheControl, ageSeconds }: FetchedFreshness, bounds: TtlBounds): number {
  const directives = (cacheControl ?? "").toLowerCase();
  if (/(?:^|[\s,])no-(?:store|cache)(?:$|[\s,=])/.test(directives)) return bounds.minSeconds;
  const match = /(?:^|[\s,])max-age="?(\d{1,10})/.exec(directives);
  if (match === null) return bounds.fallbackSeconds;
  const left = Number(match[1]) - Math.max(0, ageSeconds ?? 0);
  return Math.min(bounds.maxSeconds, Math.max(bounds.minSeconds, left));
}
