// What a caller sends that is no access token, over a real socket: signed tokens of other kinds, scopes that only look
// like two, tokens that name no key, and credentials that are none. Each beside its twin, which differs in one thing.
import type { RefusalCode } from "@agentos/contract";
import { createTestKey, goodToken, signToken, withClaims, withHeader } from "@agentos/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { stopClock } from "./support/clock.ts";
import { createCountingAgent } from "./support/counting-agent.ts";
import { type Answer, bearer, bodyOf, send, sendRaw } from "./support/http.ts";
import { writeTemporary } from "./support/key-sources.ts";
import { type Served, serve } from "./support/serve.ts";

const clock = stopClock();
const key = await createTestKey("RS256");
const counted = createCountingAgent("web-agent");
const good = goodToken({ key, now: clock.now(), scopes: ["agents:read"] });
let served: Served;

beforeAll(async () => {
  served = await serve({
    id: "agent-os",
    agents: [counted.agent],
    authorization: true,
    authorizationConfig: { verificationKeys: [key.verificationKey] },
  });
});

const PATH = "/agents/web-agent";
const get = (headers: Readonly<Record<string, string>>) => send(served.port, { path: PATH, headers });
const call = async (claims: object, header: object = {}) =>
  get(bearer(await signToken(withHeader(withClaims(good, { ...claims }), { ...header }))));
const codeOf = (answer: Answer) => (answer.status === 200 ? 200 : bodyOf(answer)["code"]);

/** Refused before the handler; the twin reaches it. */
async function expectOnly(refused: () => Promise<Answer>, code: RefusalCode, passes: () => Promise<Answer>) {
  const before = counted.uses();
  const answer = await refused();
  expect([answer.status === 200, codeOf(answer)]).toEqual([false, code]);
  expect(counted.uses()).toBe(before);
  expect(codeOf(await passes())).toBe(200);
  expect(counted.uses()).toBe(before + 1);
  return bodyOf(answer);
}

describe("a text of scopes", () => {
  test.each(["\u00a0", "\t", "\n", "\u000b", "\u2003", "\u2028", "\u0085", "\ufeff"])(
    "with %j in it is one unknown scope, as it is for its issuer",
    async (space) => {
      const scope = (text: string) => ({ scopes: undefined, scope: text });
      await expectOnly(
        () => call(scope(`foo${space}agent_os:admin`)),
        "SCOPE_MISSING",
        () => call(scope("foo agent_os:admin")),
      );
    },
  );
});

describe("a signed token of another kind", () => {
  const LOGOUT = { "http://schemas.openid.net/event/backchannel-logout": {} };

  test.each([
    [
      "an ID token of Cognito",
      { token_use: "id" },
      "AUTH_ID_TOKEN_REFUSED",
      "an ID token",
      { token_use: "access" },
    ],
    ["an ID token of Keycloak", { typ: "ID" }, "AUTH_ID_TOKEN_REFUSED", "an ID token", { typ: "Bearer" }],
    [
      "a refresh token",
      { typ: "Refresh" },
      "AUTH_REFRESH_TOKEN_REFUSED",
      "a refresh token",
      { typ: "Bearer" },
    ],
    ["an offline token", { typ: "Offline" }, "AUTH_REFRESH_TOKEN_REFUSED", "a refresh token", {}],
    ["a logout token", { events: LOGOUT }, "AUTH_LOGOUT_TOKEN_REFUSED", "a logout token", { jti: "1" }],
    ["a logout token of Keycloak", { typ: "Logout" }, "AUTH_LOGOUT_TOKEN_REFUSED", "a logout token", {}],
    ["a security event", { events: { a: {} } }, "AUTH_EVENT_TOKEN_REFUSED", "a security event token", {}],
    [
      "an unknown kind",
      { typ: "verify-email" },
      "AUTH_TOKEN_KIND_REFUSED",
      "no access token",
      { typ: "Bearer" },
    ],
    [
      "a sign-in's token",
      { nonce: "n", scopes: undefined },
      "AUTH_ID_TOKEN_REFUSED",
      "an ID token",
      { nonce: "n" },
    ],
    ["an ID token for its client", { typ: "ID", aud: "app" }, "AUTH_ID_TOKEN_REFUSED", "an ID token", {}],
  ] as const)("is refused as what it is: %s", async (_, claims, code, words, twin) => {
    const body = await expectOnly(
      () => call(claims),
      code,
      () => call(twin),
    );
    expect(body["title"]).toContain(`this is ${words}`);
    expect(body["detail"]).toBe("Invalid token: Unexpected token type");
  });

  test("says its kind by its header first, and hints come last", async () => {
    const hint = { nonce: "n", at_hash: "h", scopes: undefined, scope: "agents:read" };
    await expectOnly(
      () => call(hint),
      "AUTH_ID_TOKEN_REFUSED",
      () => call(hint, { typ: "at+jwt" }),
    );
  });
});

describe("a token that names no key", () => {
  test("is refused where each of several keys has a name, and says which there are to the operator alone", async () => {
    const keys = await Promise.all(["one", "two", "three"].map((kid) => createTestKey("RS256", { kid })));
    const jwksFile = writeTemporary(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
    const several = await serve({
      id: "agent-os",
      agents: [counted.agent],
      authorization: true,
      authorizationConfig: { jwksFile },
    });
    const [first] = keys;
    if (first === undefined) throw new Error("there are three");
    const parts = goodToken({ key: first, now: clock.now(), scopes: ["agents:read"] });
    const ask = async (token: string) => send(several.port, { path: PATH, headers: bearer(token) });
    const unnamed = await ask(await signToken(withHeader(parts, { kid: undefined })));
    const body = bodyOf(unnamed);
    expect(body).toMatchObject({
      code: "AUTH_KEY_ID_MISSING",
      detail: "Invalid token: No verification keys configured",
    });
    expect(unnamed.text).not.toMatch(/one|two|three(?!")/);
    const record = await (await several.os.denials()).find(String(body["denial_id"]), { kind: "all" });
    expect(record?.facts).toMatchObject({ unverified_kid: "(none)", key_ids: ["one", "two", "three"] });
    // Junk is told the same, so that it cannot have cost a signature check.
    const junk = `${(await signToken(withHeader(parts, { kid: undefined }))).split(".").slice(0, 2).join(".")}.AAAA`;
    expect(codeOf(await ask(junk))).toBe("AUTH_KEY_ID_MISSING");
    expect(codeOf(await ask(await signToken(parts)))).toBe(200);
  });
});

describe("the word Bearer", () => {
  test.each([
    ["a no-break space in UTF-8", Buffer.from("\u00a0")],
    ["a no-break space in Latin-1", Buffer.from([0xa0])],
    ["an em space", Buffer.from("\u2003")],
    ["a next-line control", Buffer.from([0x85])],
    ["a colon", Buffer.from(": ")],
  ])("is followed by a space or a tab, not by %s", async (_, between) => {
    const token = await signToken(good);
    const ask = (bytes: Buffer) =>
      sendRaw(served.port, [
        `GET ${PATH} HTTP/1.1`,
        Buffer.concat([Buffer.from("Authorization: Bearer"), bytes, Buffer.from(token)]),
      ]);
    await expectOnly(
      () => ask(between),
      "AUTH_SCHEME_SPACE_MISSING",
      () => ask(Buffer.from(" ")),
    );
    expect(codeOf(await ask(Buffer.from("\t ")))).toBe(200);
  });

  test("ends nothing but itself: a look-alike of a space behind the token belongs to it", async () => {
    const token = await signToken(good);
    const ask = (bytes: Buffer) =>
      sendRaw(served.port, [
        `GET ${PATH} HTTP/1.1`,
        Buffer.concat([Buffer.from(`Authorization: Bearer ${token}`), bytes]),
      ]);
    const spaced = () => ask(Buffer.from([0xa0]));
    expect((await expectOnly(spaced, "AUTH_TOKEN_SPACED", () => ask(Buffer.from(" \t"))))["title"]).toContain(
      "a no-break space",
    );
  });
});

describe("a credential that is none", () => {
  test.each([
    [
      "undefined",
      "AUTH_CREDENTIAL_UNSET",
      'the word "undefined": the variable that it comes from was not set',
    ],
    ["null", "AUTH_CREDENTIAL_UNSET", 'the word "null"'],
    ["None", "AUTH_CREDENTIAL_UNSET", 'the word "None"'],
    ["[object Object]", "AUTH_CREDENTIAL_OBJECT", '"[object Object]": an object was sent'],
    [
      "[object Promise]",
      "AUTH_CREDENTIAL_OBJECT",
      '"[object Promise]": the token was sent before it was there',
    ],
    ["$MY_SECRET_NAME", "AUTH_CREDENTIAL_UNEXPANDED", "the name of a variable"],
    ["${MY_SECRET_NAME}", "AUTH_CREDENTIAL_UNEXPANDED", "the name of a variable"],
    ["TOKEN", "AUTH_CREDENTIAL_PLACEHOLDER", "a placeholder"],
    ["ghp_MySecretToken0123456789", "AUTH_TOKEN_OPAQUE", "a token of GitHub"],
    ["ya29.MySecretToken0123456789", "AUTH_TOKEN_OPAQUE", "an access token of Google"],
    ["v4.public.MySecretToken0123456789", "AUTH_TOKEN_PASETO", "a PASETO"],
    ["MySecretToken0123456789", "AUTH_TOKEN_MALFORMED", "it has no dot, and a JWT has two"],
    ["MySecret.Token0123456789", "AUTH_TOKEN_MALFORMED", "it has one dot"],
  ] as const)("is named and not repeated: Bearer %s", async (value, code, words) => {
    const token = await signToken(good);
    const body = await expectOnly(
      () => get({ authorization: `Bearer ${value}` }),
      code,
      () => get(bearer(token)),
    );
    expect(body["title"]).toContain(words);
    expect(JSON.stringify(body)).not.toMatch(/MY_SECRET|MySecret|Token0123456789/);
    expect(served.logLines.join("\n")).not.toMatch(/MY_SECRET|MySecret|Token0123456789/);
  });

  test("is nothing: the word Bearer alone is told from no header", async () => {
    const token = await signToken(good);
    const body = await expectOnly(
      () => sendRaw(served.port, [`GET ${PATH} HTTP/1.1`, "Authorization: Bearer "]),
      "AUTH_HEADER_EMPTY",
      () => get(bearer(token)),
    );
    expect(body["detail"]).toBe("Authorization header missing");
    expect(codeOf(await get({}))).toBe("AUTH_HEADER_MISSING");
  });

  test("is two: they are told from one in quotes, and from one with a comma behind it", async () => {
    const token = await signToken(good);
    const ask = (authorization: string) => () => get({ authorization });
    const passes = ask(`Bearer ${token}`);
    await expectOnly(ask(`Bearer ${token}, Bearer ${token}`), "AUTH_CREDENTIAL_REPEATED", passes);
    await expectOnly(ask(`Bearer ${token}, ${token}`), "AUTH_CREDENTIAL_REPEATED", passes);
    const quoted = await expectOnly(ask(`Bearer "${token}"`), "AUTH_TOKEN_QUOTED", passes);
    expect(quoted["title"]).toBe("the token is in double quotes");
    const comma = await expectOnly(ask(`Bearer ${token},`), "AUTH_TOKEN_CHARACTERS_INVALID", passes);
    expect(comma["title"]).toContain("is a comma");
  });

  test("is in place of the security key", async () => {
    const securityKey = "k9-tRw3z_Qp7vXe2mYb8sLd4";
    const keyed = await serve({ agents: [counted.agent], securityKey });
    const ask = (value: string) => send(keyed.port, { path: PATH, headers: { authorization: value } });
    const told = async (value: string) => {
      const { code, title, detail } = bodyOf(await ask(value));
      return [code, title, detail];
    };
    const WRONG = "Invalid authentication token";
    expect(await told("Bearer undefined")).toEqual([
      "AUTH_SECURITY_KEY_UNSET",
      'in place of the security key came the word "undefined", which stands for a variable that was not set',
      WRONG,
    ]);
    expect((await told("Bearer ${OS_SECURITY_KEY}"))[0]).toBe("AUTH_SECURITY_KEY_UNSET");
    expect(await told(`Bearer "${securityKey}"`)).toEqual([
      "AUTH_SECURITY_KEY_QUOTED",
      "the security key was sent in quotes",
      WRONG,
    ]);
    // The same for a wrong one in quotes: the answer tells nothing of what stands between them.
    expect((await told('Bearer "wrong"'))[0]).toBe("AUTH_SECURITY_KEY_QUOTED");
    expect((await told(`Bearer ${securityKey}x`))[0]).toBe("AUTH_SECURITY_KEY_INVALID");
    expect((await ask(`Bearer ${securityKey}`)).status).toBe(200);
  });
});

describe("what the caller's own token holds", () => {
  test("is named where it is nearly the scope that is needed", async () => {
    const body = await expectOnly(
      () => call({ scopes: ["agent:read"] }),
      "SCOPE_MISSING",
      () => call({ scopes: ["agents:read"] }),
    );
    expect(body["fix"]).toContain('"agents:read" instead of "agent:read"');
  });

  test("is named by its place where it is not read, with the option for the operator alone", async () => {
    const body = await expectOnly(
      () => call({ scopes: undefined, realm_access: { roles: ["agents:read"] } }),
      "SCOPE_MISSING",
      () => call({ scopes: ["agents:read"] }),
    );
    expect(body["fix"]).toContain('"realm_access.roles"');
    expect(JSON.stringify(body)).not.toContain("scopesClaim");
    const record = await (await served.os.denials()).find(String(body["denial_id"]), { kind: "all" });
    expect(record?.fix).toContain('set "scopesClaim" to ["realm_access.roles"]');
    expect(served.logLines.some((line) => line.includes("scopesClaim"))).toBe(true);
  });

  test("is named by its place where the audience is concerned", async () => {
    const body = await expectOnly(
      () => call({ aud: undefined, client_id: "agent-os" }),
      "AUTH_AUDIENCE_MISSING",
      () => call({ aud: "agent-os" }),
    );
    expect(body["fix"]).toContain('has under "client_id" only');
    const other = await serve({
      id: "agent-os",
      agents: [counted.agent],
      authorization: true,
      authorizationConfig: { verificationKeys: [key.verificationKey], audienceClaim: "client_id" },
    });
    const token = await signToken(withClaims(good, { aud: undefined, client_id: "agent-os" }));
    expect((await send(other.port, { path: PATH, headers: bearer(token) })).status).toBe(200);
  });
});

describe("claims by their path", () => {
  test("mean what they mean at the top of a token", async () => {
    const nested = await serve({
      id: "agent-os",
      agents: [counted.agent],
      authorization: true,
      authorizationConfig: {
        verificationKeys: [key.verificationKey],
        scopesClaim: ["scope", "resource_access.my.os.roles"],
        userIdClaim: "user.id",
        audienceClaim: "https://example.com/audience",
      },
    });
    const ask = async (claims: object) =>
      send(nested.port, { path: PATH, headers: bearer(await signToken(withClaims(good, { ...claims }))) });
    const all = {
      aud: undefined,
      scopes: undefined,
      scope: "openid",
      resource_access: { "my.os": { roles: ["agents:read"] } },
      user: { id: "alice" },
      "https://example.com/audience": "agent-os",
    };
    expect(codeOf(await ask(all))).toBe(200);
    expect(codeOf(await ask({ ...all, resource_access: { "my.os": { roles: [] } } }))).toBe("SCOPE_MISSING");
    expect(codeOf(await ask({ ...all, user: { id: "sa:bot" } }))).toBe("AUTH_SUBJECT_RESERVED");
    expect(codeOf(await ask({ ...all, "https://example.com/audience": "x" }))).toBe("AUTH_AUDIENCE_MISMATCH");
  });
});

test.each(["agents:read sessions:read", "agents:read,sessions:read"])(
  "a list entry of several scopes is no scope of an item, so that a list is refused and not empty: %s",
  async (entry) => {
    const listWith = async (claims: object) =>
      send(served.port, {
        path: "/agents",
        headers: bearer(await signToken(withClaims(good, { ...claims }))),
      });
    const joined = await listWith({ scopes: [entry] });
    expect([joined.status, bodyOf(joined)["code"]]).toEqual([403, "SCOPE_MISSING"]);
    expect(String(bodyOf(joined)["fix"])).toContain("entry of its own");
    expect((await listWith({ scopes: entry.split(/[ ,]/) })).status).toBe(200);
  },
);
