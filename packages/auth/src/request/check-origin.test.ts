import { describe, expect, it } from "vitest";
import { isLoopbackHost } from "../address/loopback-host.ts";
import { checkCookieOrigin, checkLoopback } from "./check-origin.ts";

const policy = { allowedOrigins: ["https://app.test"], credentialLocations: [] };

type Headers = Readonly<Record<string, string>>;

function run(check: typeof checkCookieOrigin, headers: Headers, method = "POST", clientAddress?: string) {
  const result = check({ method, header: (name) => headers[name] ?? null, clientAddress }, policy);
  return result.ok ? "passed" : result.fault.code;
}

describe("a cookie as the credential", () => {
  const host = "os.test:7777";

  it.each<[string, Headers]>([
    ["its own origin", { host, origin: "https://os.test:7777" }],
    ["its own origin behind a proxy that ends TLS", { host, origin: "http://os.test:7777" }],
    ["an allowed origin", { host, origin: "https://app.test" }],
    ["an allowed origin, cross-site", { host, origin: "https://app.test", "sec-fetch-site": "cross-site" }],
    ["the same origin by Sec-Fetch-Site", { host, "sec-fetch-site": "same-origin" }],
    ["the address bar", { host, "sec-fetch-site": "none" }],
  ])("may act from %s", (_, headers) => {
    expect(run(checkCookieOrigin, headers)).toBe("passed");
  });

  it.each<[string, Headers]>([
    ["another origin", { host, origin: "https://evil.test" }],
    ["another port", { host, origin: "https://os.test:7778" }],
    ["an origin that only begins alike", { host, origin: "https://os.test:7777.evil.test" }],
    ["an allowed origin with something behind it", { host, origin: "https://app.test.evil.test" }],
    ["the origin null", { host, origin: "null" }],
    ["an origin of another scheme", { host, origin: "chrome-extension://os.test:7777" }],
    ["no origin that is one", { host, origin: "%%%" }],
    ["another site", { host, "sec-fetch-site": "cross-site" }],
    ["a sibling domain", { host, "sec-fetch-site": "same-site" }],
    ["its own host on another site", { host, origin: "http://os.test:7777", "sec-fetch-site": "cross-site" }],
    ["nowhere that is known", { host }],
    ["its own origin, while no host is known", { origin: "https://os.test:7777" }],
  ])("may not act from %s", (_, headers) => {
    expect(run(checkCookieOrigin, headers)).toBe("AUTH_COOKIE_CROSS_SITE");
  });

  it("may read without any sign of where it comes from, but not from another site", () => {
    for (const method of ["GET", "HEAD", "OPTIONS"])
      expect(run(checkCookieOrigin, { host }, method)).toBe("passed");
    expect(run(checkCookieOrigin, { host }, "DELETE")).toBe("AUTH_COOKIE_CROSS_SITE");
    expect(run(checkCookieOrigin, { host, "sec-fetch-site": "cross-site" }, "GET")).toBe(
      "AUTH_COOKIE_CROSS_SITE",
    );
    expect(run(checkCookieOrigin, { host, origin: "https://evil.test" }, "GET")).toBe(
      "AUTH_COOKIE_CROSS_SITE",
    );
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
    expect(run(checkLoopback, { host })).toBe("passed");
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
    expect(run(checkLoopback, { host })).toBe("AUTH_HOST_NOT_ALLOWED");
  });

  it("answers its own page and allowed ones, and no other", () => {
    const host = "localhost:7777";
    expect(run(checkLoopback, { host, origin: "http://localhost:7777" })).toBe("passed");
    expect(run(checkLoopback, { host, origin: "https://app.test" })).toBe("passed");
    expect(run(checkLoopback, { host, origin: "https://evil.test" })).toBe("AUTH_ORIGIN_NOT_ALLOWED");
    expect(run(checkLoopback, { host, origin: "http://localhost:9999" })).toBe("AUTH_ORIGIN_NOT_ALLOWED");
    expect(run(checkLoopback, { host, origin: "null" })).toBe("AUTH_ORIGIN_NOT_ALLOWED");
  });
});

describe("a server without any credential, and the way a request took", () => {
  const host = "localhost:7777";
  const from = (clientAddress: string) => run(checkLoopback, { host }, "GET", clientAddress);

  it("answers peers of this machine, however their address is written, and no others", () => {
    for (const own of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "::FFFF:127.0.0.1"])
      expect(from(own)).toBe("passed");
    for (const other of ["10.0.0.7", "::ffff:10.0.0.7", "fe80::1", "2001:db8::ffff:127.0.0.1", ""])
      expect(from(other)).toBe("AUTH_HOST_NOT_ALLOWED");
  });

  it.each(["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"])(
    "answers nobody behind a proxy that sets %s, however local it looks",
    (name) => {
      expect(run(checkLoopback, { host, [name]: "127.0.0.1" }, "GET", "127.0.0.1")).toBe(
        "AUTH_HOST_NOT_ALLOWED",
      );
    },
  );

  it("answers where no host is named, and no page of another site", () => {
    expect(run(checkLoopback, {})).toBe("passed");
    expect(run(checkLoopback, { host, "sec-fetch-site": "cross-site" })).toBe("AUTH_ORIGIN_NOT_ALLOWED");
    expect(run(checkLoopback, { host, "sec-fetch-site": "same-site" })).toBe("passed");
    expect(run(checkLoopback, { host, origin: "https://app.test", "sec-fetch-site": "cross-site" })).toBe(
      "passed",
    );
  });
});

it("a check that passes says no more than that", () => {
  const request = { method: "GET", header: () => null, clientAddress: undefined };
  const app = { ...request, header: (name: string) => (name === "origin" ? "https://app.test" : null) };
  const site = { ...request, header: (name: string) => (name === "sec-fetch-site" ? "none" : null) };
  const results = [
    checkLoopback(request, policy),
    checkLoopback(app, policy),
    checkCookieOrigin(request, policy),
    checkCookieOrigin(app, policy),
    checkCookieOrigin(site, policy),
  ];
  for (const result of results) expect(result).toEqual({ ok: true, value: true });
});

it("isLoopbackHost knows the names that always mean this machine", () => {
  expect(["localhost", "127.0.0.1", "::1", "[::1]", "a.localhost"].map(isLoopbackHost)).not.toContain(false);
  expect(["0.0.0.0", "::", "192.168.0.1", "example.test", ""].map(isLoopbackHost)).not.toContain(true);
});
