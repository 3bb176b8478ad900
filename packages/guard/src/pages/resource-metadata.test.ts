import { describe, expect, it } from "vitest";
import { createResourceMetadata, type ResourceMetadataOptions } from "./resource-metadata.ts";

const create = (options: Partial<ResourceMetadataOptions> = {}) =>
  createResourceMetadata({
    audience: ["shop"],
    issuers: ["https://issuer.test"],
    scopes: ["agents:read"],
    acceptsHeader: true,
    name: undefined,
    ...options,
  });

const PATH = "/.well-known/oauth-protected-resource";

describe("createResourceMetadata", () => {
  it("does not exist without an OAuth issuer", () => {
    expect(create({ issuers: [] })).toBeUndefined();
    expect(create()).toBeDefined();
  });

  it("names the issuers and what routes require", () => {
    expect(create({ name: "Shop" })?.documentFor("os.test")).toEqual({
      resource: "https://os.test",
      authorization_servers: ["https://issuer.test"],
      bearer_methods_supported: ["header"],
      scopes_supported: ["agents:read"],
      resource_name: "Shop",
    });
    expect(create({ acceptsHeader: false })?.documentFor("os.test")?.bearer_methods_supported).toEqual([]);
  });

  it.each([
    ["os.test", "https://os.test"],
    ["os.test:8443", "https://os.test:8443"],
    ["localhost:7777", "http://localhost:7777"],
    ["127.0.0.1:7777", "http://127.0.0.1:7777"],
    ["[::1]:7777", "http://[::1]:7777"],
    ["OS.test", "https://os.test"],
  ])("takes the host %s that the client called for %s", (host, origin) => {
    const service = create();
    expect(service?.urlFor(host)).toBe(`${origin}${PATH}`);
    expect(service?.documentFor(host)?.resource).toBe(origin);
  });

  it.each([
    null,
    "",
    "os.test/path",
    "os.test?x",
    "user@os.test",
    'os.test", error="x',
    "os.test\r\nset-cookie: a",
    "os test",
    "os.test:port",
    "os.test:99999",
    "[::1",
    "-os.test",
    "a,b",
    "%6fs.test",
  ])("reflects nothing of %j, which is no host", (host) => {
    const service = create();
    expect([service?.urlFor(host), service?.documentFor(host)]).toEqual([undefined, undefined]);
  });

  it("calls the resource by the audience when that is a URL, and keeps the address on the host that was called", () => {
    const service = create({ audience: ["shop", "https://api.test/os"] });
    expect(service?.documentFor("os.test")?.resource).toBe("https://api.test/os");
    expect(service?.urlFor("os.test")).toBe(`https://os.test${PATH}`);
  });

  it("prefers the audience that is the host which was called", () => {
    const service = create({ audience: ["https://api.test", "https://os.test/v1"] });
    expect(service?.documentFor("os.test")?.resource).toBe("https://os.test/v1");
    expect(service?.urlFor("os.test")).toBe(`https://os.test${PATH}`);
  });

  it.each(["http://api.test", "urn:shop", "https://api.test#x", "shop"])(
    "does not take %s for the identifier of a resource",
    (audience) => {
      expect(create({ audience: [audience] })?.documentFor("os.test")?.resource).toBe("https://os.test");
    },
  );
});
