/** A `curl` line, read and never run: to which address it goes, with which method, and with which credential. */
import { parseArgs } from "node:util";
import { classifyCredential } from "@agentos/auth";
import type { CredentialLocation } from "@agentos/guard";
import { CliFailure } from "../../program/failure.ts";
import { AUTHORIZATION_HEADER, stripLocation, trimEdges } from "../credential-location.ts";
import { readAddress } from "../read-address.ts";
import { makeRequest } from "../read-request.ts";
import type { DoctorRequest } from "../report.ts";
import { splitShellWords, VARIABLE_MARK } from "./split-shell-words.ts";

export interface CurlLine {
  readonly base: string;
  readonly request: DoctorRequest;
  /** Undefined: the line sends none. */
  readonly token: string | undefined;
  readonly location: CredentialLocation;
  /** Variables that the credential is made of; it is not known then. */
  readonly variables: readonly string[];
}

const text = (short?: string) => ({ type: "string" as const, multiple: true, ...(short && { short }) });
const flag = (short: string) => ({ type: "boolean" as const, short });

/** Those that say something about a request, and those whose value would otherwise be taken for the address. */
const OPTIONS = {
  request: text("X"),
  header: text("H"),
  url: text(),
  cookie: text("b"),
  user: text("u"),
  data: text("d"),
  "data-raw": text(),
  "data-binary": text(),
  "data-ascii": text(),
  "data-urlencode": text(),
  json: text(),
  form: text("F"),
  "form-string": text(),
  "oauth2-bearer": text(),
  get: flag("G"),
  head: flag("I"),
  insecure: flag("k"),
  output: text("o"),
  "write-out": text("w"),
  "user-agent": text("A"),
  referer: text("e"),
  proxy: text("x"),
  "proxy-user": text("U"),
  "max-time": text("m"),
  "connect-timeout": text(),
  "upload-file": text("T"),
  "cookie-jar": text("c"),
  "dump-header": text("D"),
  config: text("K"),
  cert: text("E"),
  key: text(),
  cacert: text(),
  resolve: text(),
  "connect-to": text(),
  retry: text(),
  range: text("r"),
  interface: text(),
  "unix-socket": text(),
  "abstract-unix-socket": text(),
  preproxy: text(),
  socks4: text(),
  socks4a: text(),
  socks5: text(),
  "socks5-hostname": text(),
  "doh-url": text(),
  "dns-servers": text(),
  "request-target": text(),
  "url-query": text(),
  "retry-delay": text(),
  "retry-max-time": text(),
  "max-redirs": text(),
  "limit-rate": text(),
  "max-filesize": text(),
  "keepalive-time": text(),
  "cert-type": text(),
  "key-type": text(),
  pass: text(),
  capath: text(),
  ciphers: text(),
  noproxy: text(),
  trace: text(),
  "trace-ascii": text(),
  stderr: text(),
} as const;

/** With them curl asks another machine than the one in the address, or another thing of it; the token would go astray. */
const ELSEWHERE = [
  "resolve",
  "connect-to",
  "unix-socket",
  "abstract-unix-socket",
  "proxy",
  "preproxy",
  "socks4",
  "socks4a",
  "socks5",
  "socks5-hostname",
  "doh-url",
  "dns-servers",
  "request-target",
] as const satisfies readonly (keyof typeof OPTIONS)[];

/** Reads it. Throws {@link CliFailure} without a word of the line, since a credential is in it. */
export function readCurl(line: string): CurlLine {
  const split = splitShellWords(line.trim().replace(/^\$\s+/, ""));
  if (split === undefined) throw unreadable("a quote is not closed");
  if (split.hasCommand)
    throw unreadable("a command stands in it, and nothing is run here", "put what it prints in its place");
  const { values, positionals } = parseArgs({
    args: split.words.slice(1),
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
  });
  const list = (name: keyof typeof OPTIONS) => [values[name] ?? []].flat().map(String);
  const detour = ELSEWHERE.find((name) => list(name).length > 0);
  if (detour !== undefined)
    throw unreadable(
      `with "--${detour}" it does not go to its address alone`,
      "leave that option out, where the address leads to the same server without it",
    );
  if (
    list("config").length > 0 ||
    list("header").some((header) => header.startsWith("@")) ||
    list("cookie").some((cookie) => !/[=\0]/.test(cookie))
  )
    throw unreadable("a part of it is in a file", "put what is in that file into the line");
  const isNameUnknown = (part: string, end: string) =>
    part.includes(VARIABLE_MARK) &&
    (part.split(end, 1)[0]?.includes(VARIABLE_MARK) === true || !part.includes(end));
  if (
    list("header").some((header) => isNameUnknown(header, ":")) ||
    list("cookie").some((cookie) => cookie.split(";").some((crumb) => isNameUnknown(crumb, "=")))
  )
    throw unreadable(
      "the name of a header or cookie is in a variable, and no variable is read for a line",
      "write its value in its place",
    );
  const [address, ...others] = [...list("url"), ...positionals];
  if (address === undefined) throw unreadable("it has no address");
  if (others.length > 0) throw unreadable("it has more than one address", "give one request at a time");
  const [unknown] = findVariables(
    [address, ...list("request"), findHeader(list("header"), "host") ?? ""].join(" "),
  );
  if (unknown !== undefined)
    throw unreadable(
      `"$${unknown}" stands in its address, its method or its header "Host", and no variable is read for a line`,
      "write its value in its place",
    );
  const hasBody = [
    "data",
    "data-raw",
    "data-binary",
    "data-ascii",
    "data-urlencode",
    "json",
    "form",
    "form-string",
  ] as const;
  const sendsBody = values.get !== true && hasBody.some((name) => list(name).length > 0);
  const asked = (
    list("request").at(-1) ?? (sendsBody ? "POST" : list("upload-file").length > 0 ? "PUT" : "GET")
  ).toUpperCase();
  // A HEAD is answered as a GET without its body.
  const method = asked === "HEAD" || values.head === true ? "GET" : asked;
  if (!/^(GET|POST|PUT|PATCH|DELETE)$/.test(method))
    throw unreadable("its method is none that an AgentOS has");
  // Unlike the doctor's own option, curl takes an address without a scheme for http.
  const written = /^https?:\/\//i.test(address) ? address : `http://${address}`;
  // Readers of addresses disagree about these, so about the host as well: `https://a.test\\@b.test` is b.test for curl.
  if (/[\\\s\p{Cc}]/u.test(written)) throw unreadable("there is a space or a backslash in its address");
  const { base, request } = readAddress(written, method);
  const host = findHeader(list("header"), "host");
  if (host !== undefined && host.toLowerCase() !== new URL(base).host)
    throw unreadable(
      'its header "Host" names another host than its address',
      "leave that header out, where the address leads to the same server without it",
    );
  const credential = findCredential({
    headers: list("header"),
    cookies: list("cookie"),
    user: list("user").at(-1),
    bearer: list("oauth2-bearer").at(-1),
  });
  const variables = findVariables(credential.token);
  return {
    ...(request === undefined ? locate(base, method) : { base, request }),
    token: credential.token === "" || variables.length > 0 ? undefined : credential.token,
    location: credential.location,
    variables,
  };
}

/** A route that is not of the contract: the application's own, below its origin. */
function locate(base: string, method: string): Pick<CurlLine, "base" | "request"> {
  const { origin, pathname } = new URL(base);
  return { base: origin, request: makeRequest(method, pathname) };
}

function findHeader(headers: readonly string[], name: string): string | undefined {
  const found = headers.find((header) => header.slice(0, header.indexOf(":")).trim().toLowerCase() === name);
  return found?.slice(found.indexOf(":") + 1).trim();
}

/** Their names, each once. */
function findVariables(word: string): readonly string[] {
  return [...new Set(word.split(VARIABLE_MARK).filter((_, index) => index % 2 === 1))];
}

/** True for what may be a token: it has the form of one, or its value is in a variable and its name says so. */
function mayBeToken(name: string, value: string): boolean {
  return (
    classifyCredential(value) === "jwt" || (value.includes(VARIABLE_MARK) && /auth|token|jwt|key/i.test(name))
  );
}

/** Servers take the first, the last or none of several: what one of them alone is answered with proves nothing. */
function assertOnce(count: number, what: string): void {
  if (count > 1)
    throw unreadable(
      `${what} stands in it more than once`,
      "leave all but one out, here and where the request is made",
    );
}

interface Sent {
  readonly headers: readonly string[];
  readonly cookies: readonly string[];
  readonly user: string | undefined;
  readonly bearer: string | undefined;
}

/** As a server looks for it: the header `Authorization`, else a cookie, else any other header with a token in it. */
function findCredential({ headers, cookies, user, bearer }: Sent): {
  readonly token: string;
  readonly location: CredentialLocation;
} {
  const pairs = headers.flatMap((header) => {
    const colon = header.indexOf(":");
    return colon === -1 ? [] : [[header.slice(0, colon).trim(), trimEdges(header.slice(colon + 1))] as const];
  });
  const named = (wanted: string) =>
    pairs.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  // With a semicolon curl sends it empty.
  const empty = headers.filter((header) => /^authorization\s*;\s*$/i.test(header));
  const lines = named("authorization").filter((value) => value !== "");
  assertOnce(lines.length + empty.length, 'the header "Authorization"');
  const own = lines[0] ?? (named("authorization").length + empty.length > 0 ? "" : undefined);
  const sentUser = user?.replaceAll(VARIABLE_MARK, "");
  const basic =
    sentUser === undefined ? undefined : `Basic ${Buffer.from(sentUser, "utf8").toString("base64")}`;
  if (own === undefined)
    assertOnce([bearer, basic].filter((value) => value !== undefined).length, "a credential of curl's own");
  const inHeader = own ?? bearer ?? basic;
  if (inHeader !== undefined)
    return { token: stripLocation(inHeader, AUTHORIZATION_HEADER), location: AUTHORIZATION_HEADER };
  const all = [...cookies, ...named("cookie")];
  const crumbs = all
    .flatMap((cookie) => cookie.split(";"))
    .flatMap((pair) => {
      const equals = pair.indexOf("=");
      return equals === -1
        ? []
        : [{ name: pair.slice(0, equals).trim(), value: pair.slice(equals + 1).trim() }];
    });
  const cookie =
    crumbs.find(({ name }) => name === "access_token") ??
    crumbs.find(({ name, value }) => mayBeToken(name, value));
  if (cookie !== undefined) {
    assertOnce(crumbs.filter(({ name }) => name === cookie.name).length, "the cookie that has the token");
    // A header of cookies takes the place of those that curl is given otherwise.
    if (cookies.length > 0 && named("cookie").length > 0) assertOnce(2, 'the header "Cookie"');
    return { token: cookie.value, location: { in: "cookie", name: cookie.name } };
  }
  const other = pairs.find(([name, value]) => {
    const location: CredentialLocation = { in: "header", name };
    return name.toLowerCase() !== "cookie" && mayBeToken(name, stripLocation(value, location));
  });
  if (other === undefined) return { token: "", location: AUTHORIZATION_HEADER };
  assertOnce(named(other[0].toLowerCase()).length, "the header that has the token");
  const location: CredentialLocation = { in: "header", name: other[0] };
  return { token: stripLocation(other[1], location), location };
}

function unreadable(problem: string, fix = "copy the whole line, as it is typed into a shell"): CliFailure {
  return new CliFailure(`the curl line cannot be read: ${problem}`, { fix });
}
