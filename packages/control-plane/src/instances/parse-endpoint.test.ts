import { assert, constantFrom, oneof, property, string, stringMatching, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEndpoint } from "./parse-endpoint.ts";

/** What may stand in a policy (CSP) beside other tokens. */
const ORIGIN = /^https?:\/\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/;

function read(text: string): string {
  const parsed = parseEndpoint(text);
  return parsed.ok ? parsed.value.endpoint : `refused: ${parsed.problem}`;
}

describe("what an endpoint may be", () => {
  it.each([
    ["http://localhost:7777", "http://localhost:7777"],
    ["HTTPS://Agents.Example.COM/", "https://agents.example.com"],
    ["https://agents.example.com:443", "https://agents.example.com"],
    ["http://agents.example.com:80/os", "http://agents.example.com/os"],
    ["http://agents.example.com:443", "http://agents.example.com:443"],
    ["  https://a-b.example/os/v1/ \n", "https://a-b.example/os/v1"],
    ["https://xn--bcher-kva.example", "https://xn--bcher-kva.example"],
    ["http://127.0.0.1:7777", "http://127.0.0.1:7777"],
    ["https://a.example/Team_1/~x.y", "https://a.example/Team_1/~x.y"],
  ])("takes %j as %j", (text, endpoint) => {
    expect(read(text)).toBe(endpoint);
    expect(read(endpoint)).toBe(endpoint);
  });

  it("says scheme, host, port, path and origin apart", () => {
    expect(parseEndpoint("https://A.example:8443/os/")).toEqual({
      ok: true,
      value: {
        endpoint: "https://a.example:8443/os",
        origin: "https://a.example:8443",
        scheme: "https",
        host: "a.example",
        port: 8443,
        path: "/os",
      },
    });
  });
});

describe("what an endpoint may not be", () => {
  it.each([
    ["", "is empty"],
    ["localhost:7777", "no scheme"],
    ["//a.example", "no scheme"],
    ["ftp://a.example", "another scheme"],
    ["javascript://a.example/%0aalert(1)", "another scheme"],
    ["wss://a.example", "another scheme"],
    ["http://", "no host"],
    ["http:///a", "no host"],
    ["http://:80", "no host"],
    ["http://a;script-src", "host name"],
    ["http://a,b", "host name"],
    ["http://*.example", "host name"],
    ["http://*", "host name"],
    ["http://a'self'", "host name"],
    ["http://a_b.example", "host name"],
    ["http://-a.example", "host name"],
    ["http://a-.example", "host name"],
    ["http://a..example", "host name"],
    ["http://a.example.", "host name"],
    [`http://${"a".repeat(64)}.example`, "host name"],
    [`http://${"a.".repeat(127)}example`, "host name"],
    ["http://a%2eexample", "host name"],
    ["http://user@a.example", "user name"],
    ["http://a.example@evil.example", "user name"],
    ["http://a.example:80@evil.example", "user name"],
    ["http://a.example\\@evil.example", "backslash"],
    ["http://a.example/?x=1", "query"],
    ["http://a.example#x", "fragment"],
    ["http://a.example/a b", "space"],
    ["http://a.example script-src *", "space"],
    ["http://a.example\r\nset-cookie: x", "not ASCII"],
    ["http://a.ex\tample", "not ASCII"],
    ["http://bücher.example", "xn--"],
    ["http://ａ.example", "not ASCII"],
    ["http://a\u{200B}.example", "not ASCII"],
    ["http://a。example", "not ASCII"],
    ["http://[::1]:7777", "IPv6"],
    ["http://[::ffff:169.254.169.254]", "IPv6"],
    ["http://2130706433", "number"],
    ["http://127.1", "number"],
    ["http://0x7f.0.0.1", "number"],
    ["http://0177.0.0.1", "number"],
    ["http://127.0.0.0x1", "number"],
    ["http://256.0.0.1", "number"],
    ["http://1.2.3.4.5", "number"],
    ["http://a.1", "number"],
    ["http://a.example:", "port"],
    ["http://a.example:0", "port"],
    ["http://a.example:080", "port"],
    ["http://a.example:65536", "port"],
    ["http://a.example:80:80", "port"],
    ["http://a.example:8x", "port"],
    ["http://a.example:-1", "port"],
    ["http://a.example//", "path"],
    ["http://a.example/a//b", "path"],
    ["http://a.example/../b", '".."'],
    ["http://a.example/a;b", "path"],
    ["http://a.example/%2e%2e/b", "path"],
    ["http://a.example/<x>", "path"],
    [`http://a.example/${"a".repeat(200)}`, "201 characters"],
  ])("refuses %j, since it says: %s", (text, words) => {
    expect(read(text)).toMatch(/^refused: (?:is|has|names) /);
    expect(read(text)).toContain(words);
  });

  it("repeats nothing of what was given", () => {
    expect(read("http://a;secret.example")).not.toContain("secret");
  });
});

describe("the origin of any endpoint that is taken", () => {
  const piece = oneof(
    string({ unit: "binary", maxLength: 8 }),
    constantFrom(
      "http://",
      "https://",
      ":",
      "/",
      "@",
      ";",
      "[",
      "]",
      "%",
      ".",
      "a",
      "0x7f",
      "127.0.0.1",
      "\\",
      "?",
    ),
  );

  it("has nothing in it but a scheme, a host of letters, digits and hyphens, and a port", () => {
    assert(
      property(tuple(constantFrom("http://", "https://", ""), piece, piece, piece, piece), (pieces) => {
        const parsed = parseEndpoint(pieces.join(""));
        return !parsed.ok || ORIGIN.test(parsed.value.origin);
      }),
      { numRuns: 5_000 },
    );
  });

  it("is the origin that a browser makes of it", () => {
    const host = stringMatching(/^[a-zA-Z0-9-]{1,8}(\.[a-zA-Z0-9x]{1,5}){0,3}$/);
    assert(
      property(
        host,
        constantFrom("", ":80", ":443", ":7777"),
        constantFrom("", "/", "/os"),
        (name, port, path) => {
          const parsed = parseEndpoint(`https://${name}${port}${path}`);
          return !parsed.ok || new URL(parsed.value.endpoint).origin === parsed.value.origin;
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
