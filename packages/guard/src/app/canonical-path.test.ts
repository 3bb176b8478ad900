import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalize, canonicalPath } from "./canonical-path.ts";

/** No route has this path: what cannot be routed safely is authenticated and then not found. */
const UNROUTABLE = "/\u0000";

const hex = (character: string) => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;

describe("canonicalize", () => {
  it.each([
    ["keeps a plain path", "/agents/web-agent/runs", "/agents/web-agent/runs"],
    ["keeps the root", "/", "/"],
    ["strips a trailing slash", "/config/", "/config"],
    ["strips many trailing slashes", "/config///", "/config"],
    ["makes the root of nothing but slashes", "///", "/"],
    ["decodes an encoded letter", "/%61gents", "/agents"],
    ["decodes what is unreserved, in either case", "/a%2Db%2dc%5F%5f%7E%2e", "/a-b-c__~."],
    ["keeps an encoded slash inside its segment, in upper case", "/agents/a%2fb", "/agents/a%2Fb"],
    [
      "keeps an encoded question mark and hash inside their segment",
      "/agents/a%3fb%23c",
      "/agents/a%3Fb%23c",
    ],
    ["keeps upper case, which is another path", "/AGENTS", "/AGENTS"],
    ["keeps parameters behind a semicolon as part of the segment", "/agents;x", "/agents;x"],
    ["keeps an encoded percent sign, so nothing is decoded twice", "/%2561gents", "/%2561gents"],
    ["keeps names that only begin with dots", "/...", "/..."],
    ["keeps a hidden file's name", "/.well-known/x", "/.well-known/x"],
    ["keeps text beyond ASCII", "/agents/%C3%A9t%C3%A9", "/agents/%C3%A9t%C3%A9"],
  ])("%s", (_, raw, expected) => {
    expect(canonicalize(raw)).toBe(expected);
  });

  // Each refused path stands beside the nearest one that is routed.
  it.each([
    ["doubled slashes", "//agents", "/agents"],
    ["doubled slashes inside", "/agents//a", "/agents/a"],
    ["a dot segment", "/./agents", "/.agents"],
    ["a parent segment", "/agents/../config", "/agents/..config"],
    ["a parent segment at the end", "/agents/..", "/agents/..."],
    ["a dot segment at the end, behind a slash", "/agents/./", "/agents/.a/"],
    ["an encoded dot segment", "/%2e/agents", "/%2ea/agents"],
    ["an encoded parent segment", "/agents/%2E%2e/config", "/agents/%2E%2ea/config"],
    ["a parent segment of which half is encoded", "/agents/.%2e", "/agents/.%2ea"],
    ["a backslash", "/agents\\a", "/agents/a"],
    ["an encoded NUL", "/agents/a%00", "/agents/a%30"],
    ["an encoded line break", "/agents/a%0A", "/agents/a%20"],
    ["an encoded C1 control", "/agents/a%C2%9B31m", "/agents/a%C2%A931m"],
    ["a Unicode line end", "/agents/a%E2%80%A8", "/agents/a%E2%80%A6"],
    ["a control character that is not encoded", "/agents/a\u009b31m", "/agents/a\u00a931m"],
    ["half an escape", "/agents/%6", "/agents/%61"],
    ["an escape that is none", "/agents/%zz", "/agents/%7A"],
    ["bytes that are no UTF-8", "/agents/%ff", "/agents/%C3%BF"],
    ["an escape that decoding would put together", "/agents/%2%35", "/agents/%25"],
    ["a letter in two layers that decoding would put together", "/%6%31gents", "/%61gents"],
  ])("routes nothing for %s", (_, bad, twin) => {
    expect(canonicalize(bad)).toBe(UNROUTABLE);
    expect(canonicalize(twin)).not.toBe(UNROUTABLE);
  });

  const unreserved = fc.constantFrom(...Array.from("abcXYZ019-._~"));
  /** Pieces that matter to a path: separators, dots, escapes whole and broken, controls, anything else. */
  const piece = fc.oneof(
    fc.constantFrom(
      "/",
      "//",
      ".",
      "..",
      "%",
      "%2",
      "%2e",
      "%2F",
      "%5c",
      "%25",
      "%00",
      "%3f",
      "\\",
      ";",
      "%C3",
    ),
    unreserved,
    unreserved.map(hex),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  const path = fc.array(piece, { maxLength: 14 }).map((pieces) => `/${pieces.join("")}`);

  it("gives the same again when it is given its own answer", () => {
    fc.assert(
      fc.property(path, (raw) => {
        const once = canonicalize(raw);
        expect(canonicalize(once)).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });

  it("never throws, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (raw) => {
        expect(typeof canonicalize(raw)).toBe("string");
      }),
      { numRuns: 1_000 },
    );
  });

  it("answers with a path that has no dot segment, doubled slash, backslash or trailing slash", () => {
    fc.assert(
      fc.property(path, (raw) => {
        const answer = canonicalize(raw);
        expect(answer.startsWith("/")).toBe(true);
        if (answer === UNROUTABLE) return;
        expect(answer).not.toMatch(/\/\/|\\|\/\.{1,2}(\/|$)|.\/$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it("answers with a path whose parameters decode, without control characters", () => {
    fc.assert(
      fc.property(path, (raw) => {
        const answer = canonicalize(raw);
        if (answer === UNROUTABLE) return;
        // oxlint-disable-next-line no-control-regex -- their absence is what is tested
        expect(decodeURIComponent(answer)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      }),
      { numRuns: 2_000 },
    );
  });

  it("treats an encoded unreserved character as the character itself", () => {
    const mixed = fc.array(
      fc.oneof(
        fc.constantFrom("/", "%2F", "%20", "%25", "é").map((text) => ({ plain: text, encoded: text })),
        unreserved.map((character) => ({ plain: character, encoded: hex(character) })),
      ),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(mixed, (pieces) => {
        const plain = `/${pieces.map((one) => one.plain).join("")}`;
        const encoded = `/${pieces.map((one) => one.encoded).join("")}`;
        expect(canonicalize(encoded)).toBe(canonicalize(plain));
      }),
      { numRuns: 2_000 },
    );
  });

  it("gives one spelling to one decoded path: two answers that decode alike are equal but for reserved characters", () => {
    fc.assert(
      fc.property(fc.array(unreserved, { minLength: 1, maxLength: 8 }), (characters) => {
        const name = characters.join("");
        fc.pre(!/^\.{1,2}$/.test(name));
        expect(canonicalize(`/${characters.map(hex).join("")}/`)).toBe(`/${name}`);
      }),
    );
  });
});

describe("canonicalPath", () => {
  /** As a host hands it over: the URL as the client wrote it, which `new Request` would have tidied. */
  const pathOf = (url: string) => canonicalPath({ url } as Request);

  it.each([
    ["http://localhost:7777/agents?x=/config#y", "/agents"],
    ["http://localhost:7777/agents#/config?x", "/agents"],
    ["http://localhost:7777", "/"],
    ["http://localhost:7777/", "/"],
    ["http://localhost:7777/?x", "/"],
    ["http://localhost:7777/agents/", "/agents"],
    ["http://localhost:7777/%61gents?", "/agents"],
    ["http://localhost:7777//agents", UNROUTABLE],
    ["http://localhost:7777/a/../config", UNROUTABLE],
    ["http://localhost:7777/agents%3Fx=1", "/agents%3Fx=1"],
  ])("reads %s as %j", (url, expected) => {
    expect(pathOf(url)).toBe(expected);
  });

  it("takes no path from a query that stands directly behind the host", () => {
    expect(pathOf("http://localhost:7777?x=/config")).toBe("/");
    expect(pathOf("http://localhost:7777#/config")).toBe("/");
  });

  it("agrees with the web's own reading of a tidy URL", () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        const request = new Request(url);
        const { pathname } = new URL(request.url);
        expect(canonicalPath(request)).toBe(canonicalize(pathname));
      }),
    );
  });
});
