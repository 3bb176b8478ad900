/** Where a request carries its token: what the options of the command name, and how it is written there. */
import { findScheme } from "@agentos/auth";
import type { CredentialLocation } from "@agentos/guard";
import { CliFailure } from "../program/failure.ts";

/** RFC 6750 section 2.1, and what a server reads unless it is configured otherwise. */
export const AUTHORIZATION_HEADER: CredentialLocation = { in: "header", name: "Authorization" };

/** RFC 9110 section 5.6.2; names of cookies follow it too (RFC 6265 section 4.1.1). */
const NAME = /^[\w!#$%&'*+.^`|~-]{1,256}$/;

/** They say how the connection is used, so that no client lets a program set them. */
const OF_THE_CONNECTION = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Reads `--header` and `--cookie`; undefined when neither is given. Throws {@link CliFailure}. */
export function readLocation(
  { header, cookie }: { readonly header?: string | undefined; readonly cookie?: string | undefined },
  { hasUrl }: { readonly hasUrl: boolean },
): CredentialLocation | undefined {
  if (header === undefined && cookie === undefined) return undefined;
  if (header !== undefined && cookie !== undefined) {
    throw new CliFailure('"--header" and "--cookie" were both given', {
      fix: "give the one that names where the server reads the token",
    });
  }
  const location: CredentialLocation =
    cookie === undefined ? { in: "header", name: header ?? "" } : { in: "cookie", name: cookie };
  const option = `--${location.in}`;
  if (!hasUrl) {
    throw new CliFailure(`"${option}" was given without "--url"`, {
      fix: `leave "${option}" out: a configuration says itself where it reads the token; or add --url with the address of a running server`,
    });
  }
  // The text is not shown: it may be the token, or hold it.
  if (!NAME.test(location.name)) {
    throw new CliFailure(`the text given with "${option}" is no name of a ${location.in}`, {
      fix: `give the name alone, such as ${option} ${location.in === "header" ? "X-Auth-Token" : "access_token"}, and the token itself with --token`,
    });
  }
  if (location.in === "header" && location.name.toLowerCase() === "cookie") {
    throw new CliFailure('"--header" names the header that holds all cookies', {
      fix: "name the cookie itself, such as --cookie access_token",
    });
  }
  if (location.in === "header" && OF_THE_CONNECTION.has(location.name.toLowerCase())) {
    throw new CliFailure('"--header" names a header that cannot carry a token', {
      fix: 'name the header that the server reads (its option "tokenHeaderKey"), such as --header X-Auth-Token',
    });
  }
  return location;
}

/** A token as people copy it: perhaps with the name of its header or cookie before it, and once with the scheme. */
export function stripLocation(text: string, location: CredentialLocation): string {
  const labels =
    location.in === "header" ? ["Authorization:", `${location.name}:`] : ["Cookie:", `${location.name}=`];
  let rest = trimEdges(text);
  for (const label of labels)
    if (rest.toLowerCase().startsWith(label.toLowerCase())) rest = trimEdges(rest.slice(label.length));
  return rest.replace(/^Bearer(?:[ \t]+|$)/i, "");
}

/** Without what every HTTP client takes away there too. A no-break space is sent, and refused: it has to be seen. */
export function trimEdges(text: string): string {
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
}

/**
 * The headers that carry a token. A cookie alone must come from a page of the server's own site, so it is sent as such
 * a page's `fetch` sends it: reading is then allowed, and no `Origin` is sent.
 */
export function credentialHeaders(
  token: string,
  location: CredentialLocation,
): Readonly<Record<string, string>> {
  // Another scheme, or "Bearer" without its space, stands in the header as it was given: that is what was refused.
  const scheme = findScheme(token);
  const isWhole = (scheme !== undefined && scheme !== "Bearer") || /^Bearer(?![ \t]|$)/i.test(token);
  return location.in === "header"
    ? { [location.name]: isWhole ? token : `Bearer ${token}` }
    : { cookie: `${location.name}=${token}`, "sec-fetch-site": "same-origin", "sec-fetch-dest": "empty" };
}

/**
 * False for a credential that no HTTP client can send there: line breaks and characters beyond Latin-1 anywhere, and
 * the semicolon that ends a cookie.
 */
export function isSendable(token: string, location: CredentialLocation): boolean {
  if (location.in === "cookie" && token.includes(";")) return false;
  return /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(token);
}

/** The same place: names of headers are the same in any case, names of cookies are not. */
export function isSameLocation(a: CredentialLocation, b: CredentialLocation): boolean {
  if (a.in !== b.in) return false;
  return a.in === "cookie" ? a.name === b.name : a.name.toLowerCase() === b.name.toLowerCase();
}

/** `the header "Authorization"`. */
export function describeLocation(location: CredentialLocation): string {
  return `the ${location.in} "${location.name}"`;
}
