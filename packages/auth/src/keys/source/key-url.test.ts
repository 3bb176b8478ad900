import { describe, expect, it } from "vitest";
import { isKeyUrl, parseLinkedUrl } from "./key-url.ts";

describe("addresses", () => {
  it.each([
    ["https://issuer.test/jwks", true],
    ["http://127.0.0.1:8080/jwks", true],
    ["http://[::1]:8080/jwks", true],
    ["http://localhost/jwks", true],
    ["http://issuer.test/jwks", false],
    ["http://127.0.0.1.issuer.test/", false],
    ["http://localhost.issuer.test/", false],
    ["https://user:pass@issuer.test/", false],
    ["https://user@issuer.test/", false],
    ["file:///etc/jwks.json", false],
    ["data:application/json,{}", false],
    ["ftp://issuer.test/", false],
    ["issuer.test/jwks", false],
    ["", false],
  ])("%s: %s", (url, isGood) => {
    expect(isKeyUrl(url)).toBe(isGood);
  });

  it("lets an issuer on this machine name keys on this machine, and elsewhere over https", () => {
    expect(
      parseLinkedUrl({ url: "http://127.0.0.1:2/jwks", linkedFrom: "http://localhost:1" }),
    ).toHaveProperty("ok", true);
    expect(
      parseLinkedUrl({ url: "https://keys.test/jwks", linkedFrom: "http://localhost:1" }),
    ).toHaveProperty("ok", true);
    expect(
      parseLinkedUrl({ url: "https://keys.test/jwks", linkedFrom: "https://issuer.test" }),
    ).toHaveProperty("ok", true);
    expect(
      parseLinkedUrl({ url: "http://127.0.0.1:2/jwks", linkedFrom: "https://localhost:1" }),
    ).toHaveProperty("ok", false);
  });

  const THIS_MACHINE = [
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "a.localhost.",
    "localhost.localdomain",
    "ip6-localhost",
    "ip6-loopback",
    "127.0.0.1",
    "127.1",
    "127.255.255.254",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "127.0.0.1.",
    "0.0.0.0",
    "0",
    "0.1.2.3",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:0.0.0.0]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]",
  ];
  const LINK_LOCAL = [
    "169.254.169.254",
    "[fe80::1]",
    "[febf::1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
  ];
  const PRIVATE = [
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[::ffff:10.0.0.1]",
    "[64:ff9b::10.0.0.1]",
  ];
  const ELSEWHERE = [
    "keys.test",
    "localhost.test",
    "notlocalhost",
    "10.keys.test",
    "203.0.113.9",
    "128.0.0.1",
    "126.255.255.255",
    "1.0.0.0",
    "11.0.0.1",
    "169.253.0.1",
    "169.255.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "192.167.0.1",
    "192.169.0.1",
    "100.63.0.1",
    "100.128.0.1",
    "[2001:db8::1]",
    "[2001:db8::7f00:1]",
    "[2001:db8::ffff:7f00:1]",
    "[::ffff:203.0.113.9]",
    "[2002:cb00:7109::]",
    "[64:ff9c::127.0.0.1]",
  ];
  const link = (host: string, from: string) =>
    parseLinkedUrl({ url: `https://${host}/jwks`, linkedFrom: `https://${from}` });

  it.each(THIS_MACHINE)(
    "an issuer elsewhere or in a private network leads nobody to this machine as %s",
    (host) => {
      for (const from of ["issuer.test", "203.0.113.9", "10.0.0.1", "169.254.0.1"])
        expect(link(host, from)).toEqual({
          ok: false,
          fault: "it leads to this machine, and the issuer is elsewhere",
        });
      for (const from of ["localhost", "127.0.0.1", "[::1]"])
        expect(link(host, from)).toHaveProperty("ok", true);
    },
  );

  it.each([...LINK_LOCAL, ...PRIVATE])("an issuer elsewhere leads nobody to %s", (host) => {
    for (const from of ["issuer.test", "203.0.113.9", "[2001:db8::1]"])
      expect(link(host, from)).toEqual({
        ok: false,
        fault: "it leads into a private network, and the issuer is elsewhere",
      });
    expect(link(host, "localhost")).toHaveProperty("ok", true);
  });

  it("an issuer of a private network may name keys there, and no link-local address", () => {
    for (const host of PRIVATE)
      for (const from of PRIVATE) expect(link(host, from)).toHaveProperty("ok", true);
    for (const host of LINK_LOCAL)
      for (const from of PRIVATE) expect(link(host, from)).toHaveProperty("ok", false);
    for (const host of LINK_LOCAL)
      for (const from of LINK_LOCAL) expect(link(host, from)).toHaveProperty("ok", true);
  });

  it.each(ELSEWHERE)("any issuer may name %s", (host) => {
    for (const from of ["issuer.test", "10.0.0.1", "localhost"])
      expect(link(host, from)).toHaveProperty("ok", true);
  });

  it("what means this machine without being loopback may not be asked over http", () => {
    for (const host of [
      "0.0.0.0",
      "[::]",
      "localhost.",
      "[::ffff:127.0.0.1]",
      "[::127.0.0.1]",
      "ip6-localhost",
    ])
      expect(isKeyUrl(`http://${host}/jwks`)).toBe(false);
    for (const host of ["127.1", "[::1]", "localhost"]) expect(isKeyUrl(`http://${host}/jwks`)).toBe(true);
  });
});
