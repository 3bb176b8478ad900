/** Finds the one credential of a request (contract 1.5; RFC 6750 section 2). Tokens in URLs are never read. */
import type { Facts, RefusalCode } from "@agentos/contract";
import { nameCharacter } from "../encoding/name-character.ts";
import { ok, type Result, refuse } from "../outcome/result.ts";
import type { AuthPolicy } from "../policy/policy.ts";
import type { RequestFacts } from "./request-facts.ts";
import { findScheme } from "./scheme.ts";
import { trimSpaces } from "./trim-spaces.ts";

/** The one credential of a request, of whatever kind. */
export interface Credential {
  /** As it was sent, without "Bearer". */
  readonly value: string;
  /** What carried it. */
  readonly via: "header" | "cookie";
}

/** RFC 6750 section 2.1 with RFC 9110 section 11.4: spaces behind the name; a tab does no harm. Nothing else is one. */
const BEARER = /^bearer(?:[ \t]+|$)/i;
const USUAL = "Bearer eyJ";
/** The word, and behind it what people and tools take for a space or write in its place; a bare key may begin so otherwise. */
const UNSPACED = /^bearer(?=[^\x21-\x7e]|[:=,;"']|eyJ)/i;

/** Finds the credential of one request, or says why there is none. */
export type CredentialExtractor = (request: RequestFacts) => Result<Credential>;

/** Makes the extractor of a policy; the first place that has a credential wins. */
export function createCredentialExtractor({
  mode,
  credentialLocations,
}: Pick<AuthPolicy, "mode" | "credentialLocations">): CredentialExtractor {
  const accepted = mode === "security_key" ? "the security key of this AgentOS" : "the JWT";
  const places = credentialLocations.map((location) => ({
    read:
      location.in === "header"
        ? createHeaderReader(location.name, accepted)
        : createCookieReader(location.name),
    name: `the ${location.in} "${location.name}"`,
  }));
  // Named `header_name` and `cookie_name` in the texts; of each there is one at most.
  const facts = Object.fromEntries(
    credentialLocations.map((location) => [`${location.in}_name`, location.name]),
  );
  const { missing, empty } = nameLack(mode, credentialLocations);
  const refuseMissing = refuse(missing, facts);
  return (request) => {
    let emptyPlace: string | undefined;
    for (const { read, name } of places) {
      const found = read(request);
      if (found === EMPTY) emptyPlace ??= name;
      else if (found !== undefined) return found;
    }
    return emptyPlace === undefined ? refuseMissing : refuse(empty, { ...facts, empty_place: emptyPlace });
  };
}

/** The place is in the request, and holds no credential. It counts as missing (contract 1.5), under its own name. */
const EMPTY = "empty";

/** Undefined when the place is not in the request. */
type PlaceReader = (request: RequestFacts) => Result<Credential> | typeof EMPTY | undefined;

function createHeaderReader(headerName: string, accepted: string): PlaceReader {
  const name = headerName.toLowerCase();
  const facts: Facts = { header_name: headerName, accepted_credential: accepted };
  const repeated = refuse("AUTH_SCHEME_REPEATED", facts);
  return (request) => {
    const header = request.header(name);
    if (header === null) return undefined;
    const value = stripScheme(header);
    if (value === "") return EMPTY;
    // As every JWT begins, and no scheme does: requests with a token pay for no pattern.
    if (value.startsWith("eyJ")) return ok({ value, via: "header" });
    // A scheme, behind "Bearer" or in its place, is no credential.
    const scheme = findScheme(value);
    if (scheme === undefined && !UNSPACED.test(value)) return ok({ value, via: "header" });
    if (scheme === undefined) return refuse("AUTH_SCHEME_SPACE_MISSING", { found: findUnspaced(value) });
    return scheme === "Bearer" ? repeated : refuse("AUTH_SCHEME_UNSUPPORTED", { ...facts, scheme });
  };
}

/** A bare value without a scheme counts as the token itself. */
function stripScheme(header: string): string {
  const value = trimSpaces(header);
  // Every request with a token pays for this, so that the usual spelling needs no pattern.
  if (value.startsWith(USUAL)) return value.slice("Bearer ".length);
  return value.slice(BEARER.exec(value)?.[0].length ?? 0);
}

function findUnspaced(value: string): string {
  const next = value.charAt("bearer".length);
  return next === "e" ? "the token itself" : nameCharacter(next);
}

function createCookieReader(name: string): PlaceReader {
  // Pairs are not taken apart one by one: a header may hold a hundred thousand of them.
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(`(?:^|;)[ \\t]*${escaped}[ \\t]*=([^;]*)`, "g");
  const repeated = refuse("AUTH_COOKIE_REPEATED", { cookie_name: name });
  return (request) => {
    const header = request.header("cookie");
    if (header?.includes(name) !== true) return undefined;
    const [first, second] = header.matchAll(pattern);
    if (first === undefined) return undefined;
    // Two cookies of one name: one of them was planted from a sibling domain or path, and nobody can tell which.
    if (second !== undefined) return repeated;
    const value = trimSpaces(first[1] ?? "");
    return value === "" ? EMPTY : ok({ value, via: "cookie" });
  };
}

interface Lack {
  readonly missing: RefusalCode;
  readonly empty: RefusalCode;
}

function nameLack(mode: AuthPolicy["mode"], locations: AuthPolicy["credentialLocations"]): Lack {
  if (mode === "security_key")
    return { missing: "AUTH_SECURITY_KEY_MISSING", empty: "AUTH_SECURITY_KEY_EMPTY" };
  if (locations.length > 1) return { missing: "AUTH_TOKEN_MISSING", empty: "AUTH_TOKEN_EMPTY" };
  return locations[0]?.in === "cookie"
    ? { missing: "AUTH_COOKIE_MISSING", empty: "AUTH_COOKIE_EMPTY" }
    : { missing: "AUTH_HEADER_MISSING", empty: "AUTH_HEADER_EMPTY" };
}
