import { describe, expect, it } from "vitest";
import type { GuardedRequest } from "./gate.ts";
import { createClientFinder } from "./trusted-proxies.ts";

function find(trusted: readonly string[], peer: string | undefined, forwarded?: string): GuardedRequest {
  const request: GuardedRequest = {
    method: "GET",
    clientAddress: peer,
    header: (name) => (name === "x-forwarded-for" ? (forwarded ?? null) : `value of ${name}`),
  };
  return createClientFinder(trusted)?.(request) ?? request;
}

const PROXIES = ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"];

describe("the client behind proxies", () => {
  it.each<[string, string, string, string]>([
    ["the address that a trusted peer names", "10.1.2.3", "203.0.113.9", "203.0.113.9"],
    [
      "the first address, from the right, that is no proxy",
      "10.1.2.3",
      "198.51.100.1, 203.0.113.9, 192.0.2.7",
      "203.0.113.9",
    ],
    ["the same of a proxy with IPv6", "2001:db8::1", "203.0.113.9", "203.0.113.9"],
    ["the same of a proxy with IPv4 in IPv6", "::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["an IPv6 client", "10.1.2.3", "2001:db9::7", "2001:db9::7"],
    ["the farthest proxy, where all are trusted", "10.1.2.3", "10.0.0.9, 10.0.0.8", "10.0.0.9"],
    ["without the port that some proxies write", "10.1.2.3", "203.0.113.9:51234", "203.0.113.9"],
    ["without the port, of IPv6", "10.1.2.3", "[2001:db9::7]:51234", "2001:db9::7"],
    ["not a listed proxy whose port was written", "10.1.2.3", "203.0.113.9, 10.0.0.8:4711", "203.0.113.9"],
    ["not one with IPv6", "10.1.2.3", "203.0.113.9, [2001:db8::2]:80, 10.0.0.8", "203.0.113.9"],
  ])("is %s", (_, peer, forwarded, client) => {
    const found = find(PROXIES, peer, forwarded);
    expect(found).toMatchObject({ clientAddress: client, isThroughTrustedProxy: true, method: "GET" });
    expect(found.header("host")).toBe("value of host");
  });

  it.each<[string, string | undefined, string | undefined]>([
    ["a peer that is not listed", "203.0.113.9", "198.51.100.1"],
    ["no peer", undefined, "198.51.100.1"],
    ["a peer that is no address", "unix:/run/x", "198.51.100.1"],
    ["a trusted peer that names nobody", "10.0.0.1", undefined],
    ["a trusted peer that names nothing", "10.0.0.1", " "],
    ["a trusted peer that names nothing, twice", "10.0.0.1", " , "],
    ["a trusted peer that names no address", "10.0.0.1", "unknown"],
    ["a trusted peer that names something else", "10.0.0.1", "198.51.100.1, <script>"],
  ])("stays the peer, untrusted, for %s", (_, peer, forwarded) => {
    const found = find(PROXIES, peer, forwarded);
    expect(found.clientAddress).toBe(peer);
    expect(found.isThroughTrustedProxy).toBeUndefined();
  });

  it("is looked for nowhere while no proxy is trusted", () => {
    expect(createClientFinder([])).toBeUndefined();
  });
});
