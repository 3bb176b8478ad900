/**
 * Reads the endpoint of an AgentOS. Its origin goes into the policy (CSP) of the console's pages, so everything that could
 * end a token of it is refused here: `new URL` keeps the semicolon of "http://a;script-src".
 */

export interface Endpoint {
  /** Canonical: lower-case scheme and host, no default port, no slash at the end. */
  readonly endpoint: string;
  /** `scheme://host` with the port where that is not the default. */
  readonly origin: string;
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly port: number;
  /** Empty, or begins with a slash. */
  readonly path: string;
}

export type ParsedEndpoint =
  | { readonly ok: true; readonly value: Endpoint }
  /** `problem` follows the words "the endpoint", and repeats nothing of what was given. */
  | { readonly ok: false; readonly problem: string };

const MAX_PATH_CHARACTERS = 200;
const PARTS = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)(.*)$/i;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;
/** What a URL takes for a number, and so for an address: `127.1`, `0x7f000001`. */
const NUMBER = /^(?:\d+|0x[0-9a-f]*)$/;
const SEGMENT = /^[A-Za-z0-9._~-]+$/;
const DEFAULT_PORTS = { http: 80, https: 443 } as const;

/** Reads it; spaces around it are no part of it. */
export function parseEndpoint(text: string): ParsedEndpoint {
  const given = text.trim();
  const strange = findStrangeCharacter(given);
  if (strange !== undefined) return problem(strange);
  const [, scheme = "", authority = "", path = ""] = PARTS.exec(given) ?? [];
  if (scheme === "") return problem('has no scheme: it does not begin with "http://" or "https://"');
  const known = scheme.toLowerCase();
  if (known !== "http" && known !== "https") return problem('has another scheme than "http" and "https"');
  if (authority.includes("@")) return problem("has a user name or a password in it");
  const address = readAuthority(authority.toLowerCase());
  if (typeof address === "string") return problem(address);
  const cleanPath = path.replace(/\/$/, "");
  const pathProblem = findPathProblem(cleanPath);
  if (pathProblem !== undefined) return problem(pathProblem);
  const port = address.port ?? DEFAULT_PORTS[known];
  const origin = `${known}://${address.host}${port === DEFAULT_PORTS[known] ? "" : `:${port}`}`;
  return {
    ok: true,
    value: { endpoint: origin + cleanPath, origin, scheme: known, host: address.host, port, path: cleanPath },
  };
}

function problem(words: string): ParsedEndpoint {
  return { ok: false, problem: words };
}

function findStrangeCharacter(text: string): string | undefined {
  if (text === "") return "is empty";
  if (/[^\x20-\x7e]/.test(text))
    return 'has a character that is not ASCII; a host name in another script is written in its "xn--" form';
  if (text.includes("?")) return 'has a query: it ends before the "?"';
  if (text.includes("#")) return 'has a fragment: it ends before the "#"';
  if (text.includes("\\")) return "has a backslash in it";
  if (text.includes(" ")) return "has a space in it";
  return undefined;
}

interface Address {
  readonly host: string;
  readonly port: number | undefined;
}

function readAuthority(authority: string): Address | string {
  if (authority === "") return "has no host";
  if (authority.startsWith("["))
    return "names its host by an IPv6 address, to which no page of a browser can be limited; give it a host name";
  const colon = authority.indexOf(":");
  const host = colon === -1 ? authority : authority.slice(0, colon);
  const hostProblem = findHostProblem(host);
  if (hostProblem !== undefined) return hostProblem;
  if (colon === -1) return { host, port: undefined };
  const port = authority.slice(colon + 1);
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65_535)
    return "has a port that is no number from 1 to 65535";
  return { host, port: Number(port) };
}

function findHostProblem(host: string): string | undefined {
  if (host === "") return "has no host";
  const labels = host.split(".");
  if (NUMBER.test(labels.at(-1) ?? ""))
    return IPV4.test(host)
      ? undefined
      : "names its host by a number that is no IPv4 address of four decimal parts";
  return host.length <= 253 && labels.every((label) => LABEL.test(label))
    ? undefined
    : "has a host name with something else in it than letters, digits and hyphens between dots";
}

function findPathProblem(path: string): string | undefined {
  if (path === "") return undefined;
  if (path.length > MAX_PATH_CHARACTERS)
    return `has a path of ${path.length} characters; it may have ${MAX_PATH_CHARACTERS}`;
  const segments = path.slice(1).split("/");
  if (segments.some((segment) => segment === "." || segment === "..")) return 'has "." or ".." in its path';
  return segments.every((segment) => SEGMENT.test(segment))
    ? undefined
    : 'has a path with something else in it than letters, digits, "-", ".", "_" and "~" between single slashes';
}
