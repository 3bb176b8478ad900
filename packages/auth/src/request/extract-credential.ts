/** Finds the one credential of a request (contract 1.5; RFC 6750 section 2). Tokens in URLs are never read. */
import type { RefusalCode } from "@agentos/contract";
import { ok, type Result, refuse } from "../outcome/result.ts";
import type { AuthPolicy } from "../policy/policy.ts";
import type { RequestFacts } from "./request-facts.ts";

/** The one credential of a request, of whatever kind. */
export interface Credential {
  /** As it was sent, without "Bearer". */
  readonly value: string;
  /** What carried it. */
  readonly via: "header" | "cookie";
}

/** What is no credential: a scheme, behind "Bearer" or in its place. */
const SCHEME = /^(?:(bearer)|basic|digest|negotiate|ntlm|dpop|apikey|token|aws4-hmac-sha256)(?:\s|$)/i;

const BEARER = /^bearer(?:\s+|$)/i;
const USUAL = "Bearer ";

/** The credential from the first place that has one, or why there is none. */
export function extractCredential(
  request: RequestFacts,
  { mode, credentialLocations }: Pick<AuthPolicy, "mode" | "credentialLocations">,
): Result<Credential> {
  for (const location of credentialLocations) {
    const found =
      location.in === "header" ? readHeader(request, location.name) : readCookie(request, location.name);
    if (found !== undefined) return found;
  }
  // Named `header_name` and `cookie_name` in the texts; of each there is one at most.
  const facts = Object.fromEntries(
    credentialLocations.map((location) => [`${location.in}_name`, location.name]),
  );
  return refuse(chooseMissing(mode, credentialLocations), facts);
}

/** Undefined when the header is not there, or says nothing. */
function readHeader(request: RequestFacts, name: string): Result<Credential> | undefined {
  const value = stripScheme(request.header(name.toLowerCase()));
  if (value === undefined) return undefined;
  const scheme = SCHEME.exec(value);
  if (scheme === null) return ok({ value, via: "header" });
  return refuse(scheme[1] === undefined ? "AUTH_SCHEME_UNSUPPORTED" : "AUTH_SCHEME_REPEATED");
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

/** Undefined when the cookie is not there, or is empty. */
function readCookie(request: RequestFacts, name: string): Result<Credential> | undefined {
  const values = listCookies(request.header("cookie"), name);
  const [value] = values;
  // Two cookies of one name: one of them was planted from a sibling domain or path, and nobody can tell which.
  if (values.length > 1) return refuse("AUTH_CREDENTIAL_REPEATED");
  return value === undefined || value === "" ? undefined : ok({ value, via: "cookie" });
}

function listCookies(header: string | null, name: string): readonly string[] {
  if (header?.includes(name) !== true) return [];
  // Pairs are not taken apart one by one: a header may hold a hundred thousand of them.
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(`(?:^|;)\\s*${escaped}\\s*=([^;]*)`, "g");
  return Array.from(header.matchAll(pattern), ([, value = ""]) => value.trim());
}

function chooseMissing(mode: AuthPolicy["mode"], locations: AuthPolicy["credentialLocations"]): RefusalCode {
  if (mode === "security_key") return "AUTH_SECURITY_KEY_MISSING";
  if (locations.length > 1) return "AUTH_TOKEN_MISSING";
  return locations[0]?.in === "cookie" ? "AUTH_COOKIE_MISSING" : "AUTH_HEADER_MISSING";
}
