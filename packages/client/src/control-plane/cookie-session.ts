/** The session of a person outside of browsers, which have no jar: the cookies that the control plane sets, and nothing else. */
import type { Credential } from "../wire/credential.ts";

/** Where the session is kept. What it holds is a credential. */
export interface SessionStore {
  /** The text of a `Cookie` header; undefined: nobody is signed in. */
  get(): string | undefined;
  /** Replaces it; undefined: nobody is signed in any more. */
  set(cookies: string | undefined): void;
}

/** Most that is kept: a server could set cookies without an end. */
const MAX_COOKIES = 20;
const MAX_LENGTH = 4_096;
const SECRET_LENGTH = 8;

/** Sends the cookies, and the `Origin` that a browser would send, without which a request that changes something is refused. */
export function createCookieSession(
  store: SessionStore,
  { origin, clock }: { readonly origin: string; readonly clock: () => number },
): Credential {
  return {
    cookies: "omit",
    take() {
      const cookies = store.get();
      // A short value is no secret, and would be hidden in every word that it stands in.
      const secrets = (cookies ?? "")
        .split("; ")
        .map((pair) => splitPair(pair)[1])
        .filter((value) => value.length >= SECRET_LENGTH);
      return Promise.resolve({
        headers: { origin, ...(cookies === undefined || cookies === "" ? {} : { cookie: cookies }) },
        secrets,
      });
    },
    learn(response) {
      const lines = response.headers.getSetCookie();
      if (lines.length > 0) store.set(mergeCookies(store.get(), lines, clock()));
    },
  };
}

/** A browser holds and sends the cookies by itself, where no script sees them. */
export const BROWSER_COOKIES: Credential = {
  cookies: "include",
  take: () => Promise.resolve({ headers: {}, secrets: [] }),
};

function mergeCookies(held: string | undefined, lines: readonly string[], nowMs: number): string | undefined {
  const jar = new Map((held ?? "").split("; ").filter(Boolean).map(splitPair));
  for (const line of lines) {
    const [pair = "", ...attributes] = line.split(";");
    const [name, value] = splitPair(pair.trim());
    if (!/^[\w.-]{1,100}$/.test(name) || !/^[\x21-\x7e]*$/.test(value) || value.length > MAX_LENGTH) continue;
    if (value === "" || hasEnded(attributes, nowMs)) jar.delete(name);
    else if (jar.has(name) || jar.size < MAX_COOKIES) jar.set(name, value);
  }
  return jar.size === 0 ? undefined : [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
}

/** Both ways in which servers take a cookie away; where both are there, Max-Age counts (RFC 6265 section 5.3). */
function hasEnded(attributes: readonly string[], nowMs: number): boolean {
  const valueOf = (name: RegExp) =>
    attributes.map((one) => name.exec(one)?.[1]).findLast((value) => value !== undefined);
  const maxAge = valueOf(/^\s*max-age\s*=\s*(-?\d+)\s*$/i);
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  const expires = valueOf(/^\s*expires\s*=(.+)$/i);
  return expires !== undefined && Date.parse(expires) <= nowMs;
}

function splitPair(pair: string): [name: string, value: string] {
  const at = pair.indexOf("=");
  return at === -1 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}
