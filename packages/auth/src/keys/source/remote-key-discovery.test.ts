import { createTestKey } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { ok } from "../../outcome/result.ts";
import { discoveryUrl } from "./discovery.ts";
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
    const text = JSON.stringify({ issuer: ISSUER, jwks_uri: JWKS_URL });
    const tagged = ok({ kind: "document", text, etag: '"d"' } as const);
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
