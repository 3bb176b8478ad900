/**
 * Spellings of a path that have opened doors elsewhere. `outcome` is what a caller with every scope gets: the same
 * route, no route, or a request that is no HTTP.
 */
export interface PathTrick {
  readonly name: string;
  /** The whole request target, as bytes on the wire. */
  readonly spell: (path: string) => string | Buffer;
  readonly outcome: "the same route" | "not found" | "bad request";
}

const last = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const parent = (path: string) => path.slice(0, path.lastIndexOf("/"));
const suffix = (name: string, text: string, outcome: PathTrick["outcome"] = "not found"): PathTrick => ({
  name,
  spell: (path) => `${path}${text}`,
  outcome,
});
const prefix = (name: string, text: string, outcome: PathTrick["outcome"] = "not found"): PathTrick => ({
  name,
  spell: (path) => `${text}${path}`,
  outcome,
});
/** The first letter of the last segment, written otherwise. */
const letter = (name: string, write: (code: string) => string, outcome: PathTrick["outcome"]): PathTrick => ({
  name,
  spell: (path) => `${parent(path)}/${write(last(path).charCodeAt(0).toString(16))}${last(path).slice(1)}`,
  outcome,
});

export const PATH_TRICKS: readonly PathTrick[] = [
  suffix("a trailing slash", "/", "the same route"),
  suffix("three trailing slashes", "///", "the same route"),
  suffix("a query", "?x=1", "the same route"),
  suffix("a fragment", "#x", "the same route"),
  letter("a letter in percent encoding", (code) => `%${code}`, "the same route"),
  letter("a letter encoded twice", (code) => `%25${code}`, "not found"),
  letter(
    "a letter in overlong UTF-8",
    (code) => `%c1%${(Number.parseInt(code, 16) | 0x80).toString(16)}`,
    "not found",
  ),
  letter("a letter as %u", (code) => `%u00${code}`, "not found"),
  prefix("two slashes before it", "/"),
  prefix("four slashes before it", "///"),
  prefix("a dot segment before it", "/.", "the same route"),
  prefix("a dot segment in percent encoding before it", "/%2e", "the same route"),
  prefix("a way up before it", "/..", "the same route"),
  prefix("a public path and a way up before it", "/health/..", "the same route"),
  prefix("a public path and an encoded way up before it", "/docs/%2e%2e", "the same route"),
  prefix("a public path and an encoded slash before it", "/docs%2f..%2f"),
  prefix("a public path and a way up with a backslash before it", "/docs/..\\..", "bad request"),
  prefix("a public path and a semicolon before it", "/health;"),
  prefix("an encoded slash before it", "/%2f"),
  prefix("a backslash before it", "/\\", "bad request"),
  suffix("a dot segment behind it", "/.", "the same route"),
  suffix("a way down and up behind it", "/x/..", "the same route"),
  suffix("an encoded way down and up behind it", "/x/%2e%2e", "the same route"),
  suffix("an encoded slash behind it", "%2F"),
  suffix("an encoded question mark behind it", "%3F"),
  suffix("an encoded hash behind it", "%23"),
  suffix("an encoded zero byte behind it", "%00"),
  suffix("an encoded zero byte and an extension behind it", "%00.css"),
  suffix("an encoded backslash behind it", "%5c"),
  suffix("an encoded tab behind it", "%09"),
  suffix("an encoded line break behind it", "%0d%0aX-Injected:%201"),
  suffix("an encoded terminal escape (C1) behind it", "%c2%9b31m"),
  suffix("an encoded line separator behind it", "%e2%80%a8"),
  suffix("an encoded space behind it", "%20"),
  suffix("a semicolon behind it", ";x"),
  suffix("an encoded semicolon behind it", "%3bx"),
  suffix("an extension behind it", ".json"),
  suffix("a dot behind it", "."),
  suffix("a percent sign behind it", "%"),
  suffix("half an escape behind it", "%2"),
  suffix("an escape that is none behind it", "%zz"),
  suffix("an overlong dot segment behind it", "/%c0%ae"),
  suffix("an overlong slash behind it", "%c0%af"),
  suffix("a full-width slash behind it", "%ef%bc%8f"),
  suffix("a zero-width space behind it", "%e2%80%8b"),
  {
    name: "an encoded slash inside it",
    spell: (path) => `/${path.slice(1).replaceAll("/", "%2F")}%2F`,
    outcome: "not found",
  },
  { name: "a backslash for each slash", spell: (path) => path.replaceAll("/", "\\"), outcome: "bad request" },
  { name: "the path in upper case", spell: (path) => path.toUpperCase(), outcome: "not found" },
  { name: "two slashes for each slash", spell: (path) => path.replaceAll("/", "//"), outcome: "not found" },
  { name: "a tab behind it", spell: (path) => `${path}\t`, outcome: "bad request" },
  {
    name: "raw bytes outside ASCII behind it",
    spell: (path) => Buffer.concat([Buffer.from(path), Buffer.from([0xc0, 0xaf])]),
    outcome: "bad request",
  },
  { name: "an absolute target", spell: (path) => `http://127.0.0.1${path}`, outcome: "the same route" },
  {
    name: "an absolute target of another host",
    spell: (path) => `http://evil.example${path}`,
    outcome: "the same route",
  },
  {
    name: "an absolute target with a way up",
    spell: (path) => `http://127.0.0.1/health/..${path}`,
    outcome: "the same route",
  },
  {
    name: "an absolute target with a user",
    spell: (path) => `http://user:pass@127.0.0.1${path}`,
    outcome: "bad request",
  },
  {
    name: "an absolute target of another scheme",
    spell: (path) => `ftp://127.0.0.1${path}`,
    outcome: "bad request",
  },
  { name: "no slash before it", spell: (path) => path.slice(1), outcome: "bad request" },
];
