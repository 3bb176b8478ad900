/** Finds the one credential of a request (contract 1.5; RFC 6750 section 2). Tokens in URLs are never read. */
import type { RefusalCode } from "@agentos/contract";
import { ok, type Result, refuse } from "../outcome/result.ts";
import type { AuthPolicy } from "../policy/policy.ts";
import type { RequestFacts } from "./request-facts.ts";
import { findScheme } from "./scheme.ts";

/** The one credential of a request, of whatever kind. */
export interface Credential {
  /** As it was sent, without "Bearer". */
  readonly value: string;
  /** What carried it. */
  readonly via: "header" | "cookie";
}

const BEARER = /^bearer(?:\s+|$)/i;
const USUAL = "Bearer ";

/** Finds the credential of one request, or says why there is none. */
export type CredentialExtractor = (request: RequestFacts) => Result<Credential>;

/** Makes the extractor of a policy; the first place that has a credential wins. */
export function createCredentialExtractor({
  mode,
  credentialLocations,
}: Pick<AuthPolicy, "mode" | "credentialLocations">): CredentialExtractor {
  const places = credentialLocations.map((location) =>
    location.in === "header" ? createHeaderReader(location.name) : createCookieReader(location.name),
  );
  // Named `header_name` and `cookie_name` in the texts; of each there is one at most.
  const facts = Object.fromEntries(
    credentialLocations.map((location) => [`${location.in}_name`, location.name]),
  );
  const missing = refuse(chooseMissing(mode, credentialLocations), facts);
  return (request) => {
    for (const readPlace of places) {
      const found = readPlace(request);
      if (found !== undefined) return found;
    }
    return missing;
  };
}

/** Undefined when the place is not in the request, or says nothing. */
type PlaceReader = (request: RequestFacts) => Result<Credential> | undefined;

function createHeaderReader(headerName: string): PlaceReader {
  const name = headerName.toLowerCase();
  return (request) => {
    const value = stripScheme(request.header(name));
    if (value === undefined) return undefined;
    // A scheme, behind "Bearer" or in its place, is no credential.
    const scheme = findScheme(value);
    if (scheme === undefined) return ok({ value, via: "header" });
    return refuse(scheme === "bearer" ? "AUTH_SCHEME_REPEATED" : "AUTH_SCHEME_UNSUPPORTED");
  };
}

/** A bare value without a scheme counts as the token itself; "Bearer" alone counts as none. */
function stripScheme(header: string | null): string | undefined {
  const value = header?.trim() ?? "";
  // Every request with a token pays for this, so that the usual spelling needs no pattern.
  const next = value.charCodeAt(USUAL.length);
  if (value.startsWith(USUAL) && next > 0x20 && next < 0x7f) return value.slice(USUAL.length);
  const scheme = BEARER.exec(value)?.[0] ?? "";
  return value.length === scheme.length ? undefined : value.slice(scheme.length);
}

function createCookieReader(name: string): PlaceReader {
  // Pairs are not taken apart one by one: a header may hold a hundred thousand of them.
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(`(?:^|;)\\s*${escaped}\\s*=([^;]*)`, "g");
  return (request) => {
    const header = request.header("cookie");
    if (header?.includes(name) !== true) return undefined;
    const [first, second] = header.matchAll(pattern);
    // Two cookies of one name: one of them was planted from a sibling domain or path, and nobody can tell which.
    if (second !== undefined) return refuse("AUTH_CREDENTIAL_REPEATED");
    const value = first?.[1]?.trim() ?? "";
    return value === "" ? undefined : ok({ value, via: "cookie" });
  };
}

function chooseMissing(mode: AuthPolicy["mode"], locations: AuthPolicy["credentialLocations"]): RefusalCode {
  if (mode === "security_key") return "AUTH_SECURITY_KEY_MISSING";
  if (locations.length > 1) return "AUTH_TOKEN_MISSING";
  return locations[0]?.in === "cookie" ? "AUTH_COOKIE_MISSING" : "AUTH_HEADER_MISSING";
}
