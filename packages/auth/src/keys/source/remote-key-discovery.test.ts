import { createTestKey } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { discoveryUrl } from "./discovery.ts";
import { isKeyUrl, judgeLinkedUrl } from "./key-url.ts";
import {
  DISCOVERY,
  discovery,
  failed,
  ISSUER,
  JWKS_URL,
  keySet,
  notModified,
  setUpRemoteKeys,
} from "./remote-keys.fixture.ts";

const key = await createTestKey("ES256", { kid: "k1" });
const other = await createTestKey("ES256", { kid: "k2" });

const setUp = (document: object = { issuer: ISSUER, jwks_uri: JWKS_URL }, issuer = ISSUER) =>
  setUpRemoteKeys({
    location: { issuer },
    answers: { [discoveryUrl(issuer)]: discovery(document), [JWKS_URL]: keySet([key], { etag: '"1"' }) },
  });

describe("discovery", () => {
  it("finds the address of the keys", async () => {
    const { issuer, kids } = await setUp();
    expect(issuer.calls.map(({ url }) => url)).toEqual([DISCOVERY, JWKS_URL]);
    expect(kids()).toEqual(["k1"]);
  });

  it.each([
    ["https://issuer.test", DISCOVERY],
    ["https://issuer.test/", DISCOVERY],
    ["https://issuer.test/tenant", `${ISSUER}/tenant/.well-known/openid-configuration`],
    ["https://issuer.test/tenant/", `${ISSUER}/tenant/.well-known/openid-configuration`],
  ])("looks for the document of %s at the place that the specification says", (issuer, url) => {
    expect(discoveryUrl(issuer)).toBe(url);
  });

  it.each([
    ["a final slash more", `${ISSUER}/`, 'with a "/" at the end'],
    ["upper case", "https://ISSUER.test", "upper and lower case"],
    ["another tenant", `${ISSUER}/tenant`, "another issuer"],
    ["a longer name", `${ISSUER}.evil.test`, "another issuer"],
  ])("refuses a document whose issuer has %s", async (_, found, words) => {
    const { result, codes, issuer } = await setUp({ issuer: found, jwks_uri: JWKS_URL });
    expect([result.keySource, codes()]).toEqual([undefined, ["KEY_DISCOVERY_ISSUER_MISMATCH"]]);
    expect(result.faults[0]?.facts["difference"]).toContain(words);
    expect(issuer.calls.map(({ url }) => url)).toEqual([DISCOVERY]);
  });

  it("refuses an issuer that calls itself the same without a final slash", async () => {
    const { result } = await setUp({ issuer: ISSUER, jwks_uri: JWKS_URL }, `${ISSUER}/`);
    expect(result.faults[0]?.facts["difference"]).toContain('without the "/"');
  });

  it.each([
    ["no object", ["x"]],
    ["no issuer", { jwks_uri: JWKS_URL }],
    ["no address of keys", { issuer: ISSUER }],
    ["an address of keys that is no URL", { issuer: ISSUER, jwks_uri: "/jwks" }],
    ["keys over http", { issuer: ISSUER, jwks_uri: "http://issuer.test/jwks" }],
    ["keys on this machine", { issuer: ISSUER, jwks_uri: "http://127.0.0.1:9/jwks" }],
    ["keys on this machine, over https", { issuer: ISSUER, jwks_uri: "https://localhost/jwks" }],
    ["keys on this machine, by another name", { issuer: ISSUER, jwks_uri: "https://0.0.0.0/jwks" }],
    ["keys in a private network", { issuer: ISSUER, jwks_uri: "https://169.254.169.254/jwks" }],
    ["keys behind a password", { issuer: ISSUER, jwks_uri: "https://a:b@issuer.test/jwks" }],
  ])("refuses a document with %s, and asks nothing else", async (_, document) => {
    const { codes, issuer } = await setUp(document);
    expect(codes()).toEqual(["KEY_DISCOVERY_INVALID"]);
    expect(issuer.calls).toHaveLength(1);
  });

  it("is not repeated for each look at the keys, and is when it is due", async () => {
    const { issuer, clock, source } = await setUp();
    clock.advance(300);
    await source.refresh("x");
    expect(issuer.calls.filter(({ url }) => url === DISCOVERY)).toHaveLength(1);
    clock.advance(3_300);
    await source.refresh("x");
    expect(issuer.calls.filter(({ url }) => url === DISCOVERY)).toHaveLength(2);
  });

  it("follows keys that moved at the look after a failed one, and sends no ETag of the old address", async () => {
    const { issuer, clock, source, kids } = await setUp();
    const moved = `${ISSUER}/keys`;
    issuer.answers[JWKS_URL] = failed("KEY_SOURCE_STATUS");
    issuer.answers[DISCOVERY] = discovery({ issuer: ISSUER, jwks_uri: moved });
    issuer.answers[moved] = keySet([other]);
    clock.advance(300);
    expect(await source.refresh("k2")).toBe(false);
    expect(kids()).toEqual(["k1"]);
    clock.advance(10);
    expect(await source.refresh("k2")).toBe(true);
    expect(kids()).toEqual(["k2"]);
    expect(issuer.calls.at(-1)).toEqual({ url: moved, etag: undefined });
  });

  it.each([
    ["fails", failed(), "KEY_SOURCE_TIMEOUT"],
    [
      "names another issuer",
      discovery({ issuer: "https://evil.test", jwks_uri: JWKS_URL }),
      "KEY_DISCOVERY_ISSUER_MISMATCH",
    ],
    ["is confirmed without having been tagged", notModified(), "KEY_SOURCE_STATUS"],
  ])("keeps the last good keys when it %s later", async (_, answer, code) => {
    const { issuer, clock, source, kids } = await setUp();
    issuer.answers[DISCOVERY] = answer;
    clock.advance(3_600);
    await source.refresh("x");
    expect([kids(), source.status().state]).toEqual([["k1"], "stale"]);
    expect(source.status().faults.map((fault) => fault.code)).toContain(code);
  });

  it("is confirmed by its ETag", async () => {
    const tagged = {
      ...(discovery() as object),
      kind: "document" as const,
      text: JSON.stringify({ issuer: ISSUER, jwks_uri: JWKS_URL }),
      etag: '"d"',
    };
    const { issuer, clock, source, kids } = await setUpRemoteKeys({
      location: { issuer: ISSUER },
      answers: { [DISCOVERY]: tagged, [JWKS_URL]: keySet([key]) },
    });
    issuer.answers[DISCOVERY] = notModified();
    clock.advance(3_600);
    await source.refresh("x");
    expect(issuer.calls.at(-2)).toEqual({ url: DISCOVERY, etag: '"d"' });
    expect([kids(), source.status().state]).toEqual([["k1"], "ok"]);
  });
});

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
    expect(judgeLinkedUrl("http://127.0.0.1:2/jwks", "http://localhost:1")).toHaveProperty("url");
    expect(judgeLinkedUrl("https://keys.test/jwks", "http://localhost:1")).toHaveProperty("url");
    expect(judgeLinkedUrl("https://keys.test/jwks", "https://issuer.test")).toHaveProperty("url");
    expect(judgeLinkedUrl("http://127.0.0.1:2/jwks", "https://localhost:1")).toHaveProperty("problem");
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
  const link = (host: string, from: string) => judgeLinkedUrl(`https://${host}/jwks`, `https://${from}`);

  it.each(THIS_MACHINE)(
    "an issuer elsewhere or in a private network leads nobody to this machine as %s",
    (host) => {
      for (const from of ["issuer.test", "203.0.113.9", "10.0.0.1", "169.254.0.1"])
        expect(link(host, from)).toEqual({
          problem: "it leads to this machine, and the issuer is elsewhere",
        });
      for (const from of ["localhost", "127.0.0.1", "[::1]"]) expect(link(host, from)).toHaveProperty("url");
    },
  );

  it.each([...LINK_LOCAL, ...PRIVATE])("an issuer elsewhere leads nobody to %s", (host) => {
    for (const from of ["issuer.test", "203.0.113.9", "[2001:db8::1]"])
      expect(link(host, from)).toEqual({
        problem: "it leads into a private network, and the issuer is elsewhere",
      });
    expect(link(host, "localhost")).toHaveProperty("url");
  });

  it("an issuer of a private network may name keys there, and no link-local address", () => {
    for (const host of PRIVATE) for (const from of PRIVATE) expect(link(host, from)).toHaveProperty("url");
    for (const host of LINK_LOCAL)
      for (const from of PRIVATE) expect(link(host, from)).toHaveProperty("problem");
    for (const host of LINK_LOCAL)
      for (const from of LINK_LOCAL) expect(link(host, from)).toHaveProperty("url");
  });

  it.each(ELSEWHERE)("any issuer may name %s", (host) => {
    for (const from of ["issuer.test", "10.0.0.1", "localhost"])
      expect(link(host, from)).toHaveProperty("url");
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
