import { describe, expect, it } from "vitest";
import { isLoopbackHost } from "../address/loopback-host.ts";
import { checkCookieOrigin, checkLoopback } from "./check-origin.ts";
import type { RequestFacts } from "./request-facts.ts";

const policy = {
  mode: "none",
  allowedOrigins: ["https://app.test", "http://localhost:3000"],
  localOrigins: ["http://localhost:3000"],
  credentialLocations: [],
} as const;

type Headers = Readonly<Record<string, string>>;

/** A request from this machine, unless it says otherwise. */
function requestWith(headers: Headers, more: Partial<RequestFacts> = {}): RequestFacts {
  return { method: "POST", clientAddress: "127.0.0.1", header: (name) => headers[name] ?? null, ...more };
}

const codeOf = (result: ReturnType<typeof checkLoopback>) => (result.ok ? "passed" : result.fault.code);
const withCookie = (headers: Headers, method = "POST") =>
  codeOf(checkCookieOrigin(requestWith(headers, { method }), policy));
const openly = (headers: Headers, more: Partial<RequestFacts> = {}) =>
  codeOf(checkLoopback(requestWith(headers, more), policy));

describe("a cookie as the credential", () => {
  const host = "os.test:7777";

  // The rule of Go's http.CrossOriginProtection.
  it.each<[string, Headers]>([
    ["the same origin by Sec-Fetch-Site", { host, "sec-fetch-site": "same-origin" }],
    ["the address bar", { host, "sec-fetch-site": "none" }],
    [
      "the same origin by Sec-Fetch-Site, which no page can set",
      { host, origin: "http://proxy.test", "sec-fetch-site": "same-origin" },
    ],
    ["its own origin", { host, origin: "https://os.test:7777" }],
    ["its own origin behind a proxy that ends TLS", { host, origin: "http://os.test:7777" }],
    ["an allowed origin", { host, origin: "https://app.test" }],
    ["an allowed origin, cross-site", { host, origin: "https://app.test", "sec-fetch-site": "cross-site" }],
    ["the default origin, on this machine", { host: "localhost:7777", origin: "http://localhost:3000" }],
    ["no browser", { host }],
    ["no browser, while no host is known", {}],
  ])("may act from %s", (_, headers) => {
    expect(withCookie(headers)).toBe("passed");
  });

  it.each<[string, Headers]>([
    ["another origin", { host, origin: "https://evil.test" }],
    ["another port", { host, origin: "https://os.test:7778" }],
    ["an origin that only begins alike", { host, origin: "https://os.test:7777.evil.test" }],
    ["an allowed origin with something behind it", { host, origin: "https://app.test.evil.test" }],
    ["the default origin, on another machine", { host, origin: "http://localhost:3000" }],
    ["the origin null", { host, origin: "null" }],
    ["an origin of another scheme", { host, origin: "chrome-extension://os.test:7777" }],
    ["no origin that is one", { host, origin: "%%%" }],
    ["another site", { host, "sec-fetch-site": "cross-site" }],
    ["a sibling domain", { host, "sec-fetch-site": "same-site" }],
    ["its own host on another site", { host, origin: "http://os.test:7777", "sec-fetch-site": "cross-site" }],
    ["a word that no browser says", { host, "sec-fetch-site": "SAME-ORIGIN" }],
    ["its own origin, while no host is known", { origin: "https://os.test:7777" }],
  ])("may not act from %s", (_, headers) => {
    expect(withCookie(headers)).toBe("AUTH_COOKIE_CROSS_SITE");
  });

  it("may read from anywhere: no page of another site gets to see the answer", () => {
    for (const method of ["GET", "HEAD", "OPTIONS"]) {
      expect(withCookie({ host, "sec-fetch-site": "cross-site" }, method)).toBe("passed");
      expect(withCookie({ host, origin: "https://evil.test" }, method)).toBe("passed");
    }
    for (const method of ["PUT", "DELETE", "get"])
      expect(withCookie({ host, origin: "https://evil.test" }, method)).toBe("AUTH_COOKIE_CROSS_SITE");
  });

  it("may open no WebSocket from another site, although that is a GET", () => {
    const upgrade = { host, upgrade: "websocket" };
    expect(withCookie({ ...upgrade, origin: "https://evil.test" }, "GET")).toBe("AUTH_COOKIE_CROSS_SITE");
    expect(withCookie({ ...upgrade, origin: "https://os.test:7777" }, "GET")).toBe("passed");
    expect(withCookie(upgrade, "GET")).toBe("passed");
  });
});

describe("a server without any credential", () => {
  it.each([
    "localhost:7777",
    "localhost",
    "127.0.0.1:7777",
    "127.9.9.9",
    "[::1]:7777",
    "LOCALHOST:7777",
    "os.localhost",
  ])("answers on its own name %s", (host) => {
    expect(openly({ host })).toBe("passed");
  });

  it.each([
    "evil.test",
    "localhost.evil.test",
    "evil-localhost",
    "10.0.0.1",
    "[::2]",
    "0.0.0.0",
    "127.0.0.1.evil.test",
    "",
    "a:b:c",
    "localhost:7777@evil.test",
  ])("does not answer on %j (DNS rebinding)", (host) => {
    expect(openly({ host })).toBe("AUTH_HOST_NOT_ALLOWED");
  });

  it("answers its own page and allowed ones, and no other", () => {
    const host = "localhost:7777";
    expect(openly({ host, origin: "http://localhost:7777" })).toBe("passed");
    expect(openly({ host, origin: "https://app.test" })).toBe("passed");
    expect(openly({ host, origin: "http://localhost:3000" })).toBe("passed");
    expect(openly({ host, origin: "https://evil.test" })).toBe("AUTH_ORIGIN_NOT_ALLOWED");
    expect(openly({ host, origin: "http://localhost:9999" })).toBe("AUTH_ORIGIN_NOT_ALLOWED");
    expect(openly({ host, origin: "null" })).toBe("AUTH_ORIGIN_OPAQUE");
  });

  it("says how it is opened, by what makes it believe everybody", () => {
    const factsIn = (mode: "none" | "jwt-unverified") => {
      const result = checkLoopback(requestWith({ host: "evil.test" }), { ...policy, mode });
      return result.ok ? undefined : result.fault.facts;
    };
    expect(factsIn("none")).toMatchObject({
      why_open: "no credential is configured",
      way_out: expect.stringContaining("OS_SECURITY_KEY") as string,
    });
    expect(factsIn("jwt-unverified")).toMatchObject({
      why_open: "tokens are not verified",
      way_out: expect.stringContaining('remove "validate: false"') as string,
    });
  });
});

describe("a server without any credential, and the way a request took", () => {
  const host = "localhost:7777";
  const from = (clientAddress: string | undefined) => openly({ host }, { method: "GET", clientAddress });

  it("answers peers of this machine, however their address is written, and no others", () => {
    for (const own of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "::FFFF:127.0.0.1"])
      expect(from(own)).toBe("passed");
    for (const other of ["10.0.0.7", "::ffff:10.0.0.7", "fe80::1", "2001:db8::ffff:127.0.0.1", ""])
      expect(from(other)).toBe("AUTH_PEER_NOT_LOCAL");
  });

  it("answers nobody of whom no address is known, whatever name they call", () => {
    expect(from(undefined)).toBe("AUTH_PEER_UNKNOWN");
    expect(openly({}, { clientAddress: undefined })).toBe("AUTH_PEER_UNKNOWN");
  });

  it.each([
    "Forwarded",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "X-Real-IP",
    "X-Client-IP",
    "CF-Connecting-IP",
    "CF-Ray",
    "True-Client-IP",
    "CDN-Loop",
    "X-Forwarded",
    "Forwarded-For",
    "X-ARR-LOG-ID",
    "Front-End-Https",
  ])("answers nobody behind a proxy that sets %s, however local it looks", (name) => {
    const headers = { host, [name.toLowerCase()]: "127.0.0.1" };
    for (const headerNames of [undefined, () => ["Host", name], () => Object.keys(headers)]) {
      const result = checkLoopback(requestWith(headers, { headerNames }), policy);
      expect(codeOf(result)).toBe("AUTH_PROXY_NOT_ALLOWED");
      expect(result).toMatchObject({ fault: { facts: { proxy_header: name } } });
    }
  });

  it("answers nobody behind a proxy that nobody has heard of, and repeats no name that was sent", () => {
    const headerNames = () => ["Host", "X-Forwarded-Evil\u001b[31m"];
    const result = checkLoopback(requestWith({ host }, { headerNames }), policy);
    expect(result).toMatchObject({
      fault: { code: "AUTH_PROXY_NOT_ALLOWED", facts: { proxy_header: "X-Forwarded-*" } },
    });
    expect(openly({ host }, { headerNames: () => ["Host", "X-Forwarder", "Accept"] })).toBe("passed");
  });

  it("answers this machine behind a proxy that the operator trusts, and nobody else behind it", () => {
    const headers = { host, via: "1.1 proxy", "x-forwarded-for": "x" };
    const behind = (clientAddress: string) => openly(headers, { clientAddress, isThroughTrustedProxy: true });
    expect(behind("127.0.0.1")).toBe("passed");
    expect(behind("203.0.113.9")).toBe("AUTH_PEER_NOT_LOCAL");
    expect(openly(headers)).toBe("AUTH_PROXY_NOT_ALLOWED");
  });

  it("answers where no host is named, and no page of another site", () => {
    expect(openly({})).toBe("passed");
    expect(openly({ host, "sec-fetch-site": "cross-site" })).toBe("AUTH_SITE_NOT_ALLOWED");
    expect(openly({ host, "sec-fetch-site": "same-site" })).toBe("passed");
    expect(openly({ host, origin: "https://app.test", "sec-fetch-site": "cross-site" })).toBe("passed");
    expect(openly({ host, origin: "http://localhost:7777", "sec-fetch-site": "cross-site" })).toBe(
      "AUTH_ORIGIN_NOT_ALLOWED",
    );
  });
});

it("a check that passes says no more than that", () => {
  const results = [
    checkLoopback(requestWith({}), policy),
    checkLoopback(requestWith({ origin: "https://app.test" }), policy),
    checkCookieOrigin(requestWith({}), policy),
    checkCookieOrigin(requestWith({ origin: "https://app.test" }), policy),
    checkCookieOrigin(requestWith({ "sec-fetch-site": "none" }), policy),
  ];
  for (const result of results) expect(result).toEqual({ ok: true, value: true });
});

it("isLoopbackHost knows the names that always mean this machine", () => {
  expect(["localhost", "127.0.0.1", "::1", "[::1]", "a.localhost"].map(isLoopbackHost)).not.toContain(false);
  expect(["0.0.0.0", "::", "192.168.0.1", "example.test", ""].map(isLoopbackHost)).not.toContain(true);
});
