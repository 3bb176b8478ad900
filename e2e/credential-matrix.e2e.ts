// Every kind of credential against a server on a real socket: what passes, and what each wrong one is told.
import type { RefusalCode } from "@agentos/contract";
import {
  type BadToken,
  badTokensFor,
  createTestKey,
  goodToken,
  makeTwin,
  signToken,
  type TestAlgorithm,
  type TestKey,
  type TokenParts,
  withClaims,
} from "@agentos/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { stopClock } from "./support/clock.ts";
import { createCountingAgent } from "./support/counting-agent.ts";
import { expectRefusal, expectScopeRefusal } from "./support/expect-refusal.ts";
import type { SharedRefusalCode } from "./support/expected-refusals.ts";
import { type Answer, bearer, send, sendRaw } from "./support/http.ts";
import { KEY_SOURCE_NAMES, KEY_SOURCES } from "./support/key-sources.ts";
import { type Served, serve } from "./support/serve.ts";

const clock = stopClock();
const ID = "agent-os";
const ALGORITHMS = ["RS256", "ES256", "EdDSA", "PS256", "HS256"] as const satisfies readonly TestAlgorithm[];

const keys = new Map<string, TestKey>();
const keyFor = (algorithm: TestAlgorithm, hasKid: boolean): TestKey => {
  const key = keys.get(`${algorithm} ${hasKid}`);
  if (key === undefined) throw new Error("no such key");
  return key;
};

beforeAll(async () => {
  for (const algorithm of ALGORITHMS) {
    keys.set(`${algorithm} true`, await createTestKey(algorithm, { kid: `kid-${algorithm}` }));
    keys.set(`${algorithm} false`, await createTestKey(algorithm));
  }
});

describe.each(ALGORITHMS)("%s", (algorithm) => {
  describe.each(KEY_SOURCE_NAMES)("from %s", (source) => {
    test.each([true, false])(
      "accepts a good token (with kid: %s), and not one of another key",
      async (hasKid) => {
        const key = keyFor(algorithm, hasKid);
        const { agent } = createCountingAgent("web-agent");
        const served = await serve({ id: ID, agents: [agent], ...KEY_SOURCES[source](key) });
        const good = goodToken({ key, now: clock.now() });
        const list = async (parts: TokenParts) =>
          send(served.port, { path: "/agents", headers: bearer(await signToken(parts)) });

        const accepted = await list(good);
        expect([accepted.status, JSON.parse(accepted.text)]).toEqual([
          200,
          [expect.objectContaining({ id: "web-agent" })],
        ]);
        const stranger = await createTestKey(algorithm);
        await expectRefusal(served, await list({ ...good, key: stranger }), "AUTH_SIGNATURE_INVALID");
      },
    );
  });
});

/** One algorithm of each family, the key from another place each time. */
const FAMILIES = [
  { algorithm: "RS256", source: "JWT_VERIFICATION_KEY", hasKid: false },
  { algorithm: "RS256", source: "JWT_JWKS_FILE", hasKid: true },
  { algorithm: "ES256", source: "a JWKS file", hasKid: true },
  { algorithm: "PS256", source: "a JWK", hasKid: true },
  { algorithm: "EdDSA", source: "verificationKeys", hasKid: false },
  { algorithm: "HS256", source: "verificationKeys", hasKid: false },
  { algorithm: "HS256", source: "a JWK", hasKid: true },
] as const;

/** What the table must have rows for. */
const DEMANDED_CODES: readonly RefusalCode[] = [
  "AUTH_ALGORITHM_MISMATCH",
  "AUTH_ALGORITHM_NONE",
  "AUTH_SIGNATURE_INVALID",
  "AUTH_TOKEN_EXPIRED",
  "AUTH_TOKEN_NOT_YET_VALID",
  "AUTH_EXPIRATION_MISSING",
  "AUTH_EXPIRATION_IN_MILLISECONDS",
  "AUTH_EXPIRATION_INVALID",
  "AUTH_LIFETIME_EXCEEDED",
  "AUTH_ISSUER_MISMATCH",
  "AUTH_AUDIENCE_MISSING",
  "AUTH_AUDIENCE_MISMATCH",
  "AUTH_TOKEN_TYPE_REFUSED",
  "AUTH_TOKEN_ENCRYPTED",
  "AUTH_HEADER_CRITICAL",
  "AUTH_EMBEDDED_KEY_REFUSED",
  "AUTH_SUBJECT_RESERVED",
  "AUTH_TOKEN_TOO_LARGE",
  "AUTH_TOKEN_CHARACTERS_INVALID",
];

/** The rows of a family; which rows there are does not depend on the key itself. */
const rowsOf = ({ algorithm, hasKid }: (typeof FAMILIES)[number]): readonly BadToken[] => {
  const stub: TestKey = {
    algorithm,
    kid: hasKid ? "kid" : undefined,
    sign: () => Promise.reject(new Error("never signs")),
    verificationKey: "",
    pkcs1Pem: undefined,
    jwk: {},
  };
  return badTokensFor({ good: goodToken({ key: stub, now: 0 }), checksIssuer: true });
};

describe.each(FAMILIES)("$algorithm from $source with one thing wrong", (family) => {
  const { algorithm, source, hasKid } = family;
  const counted = createCountingAgent("web-agent");
  let served: Served;
  let good: TokenParts;

  beforeAll(async () => {
    const key = keyFor(algorithm, hasKid);
    const options = KEY_SOURCES[source](key);
    const authorizationConfig = { ...options.authorizationConfig, issuer: "https://issuer.test" };
    served = await serve({ id: ID, agents: [counted.agent], ...options, authorizationConfig });
    good = goodToken({ key, now: clock.now(), scopes: ["agents:web-agent:read"] });
  });

  const read = (headers: Readonly<Record<string, string>>, path = "/agents/web-agent") =>
    send(served.port, { path, headers });

  /** The wrong request is refused before the handler; its twin reaches it. */
  async function expectOnly(
    refused: () => Promise<Answer>,
    code: SharedRefusalCode,
    passes: () => Promise<Answer>,
  ): Promise<void> {
    const before = counted.uses();
    await expectRefusal(served, await refused(), code);
    expect(counted.uses()).toBe(before);
    expect((await passes()).status).toBe(200);
    expect(counted.uses()).toBe(before + 1);
  }

  test.each(rowsOf(family))("refuses $name", async (row) => {
    const [wrong, twin] = [await row.make(good), await makeTwin(row, good)];
    await expectOnly(
      () => read(bearer(wrong)),
      row.expectedCode as SharedRefusalCode,
      () => read(bearer(twin)),
    );
  });

  test("has a row for every way of the list that every server must refuse", () => {
    const codes = new Set<string>(rowsOf(family).map(({ expectedCode }) => expectedCode));
    const kidRows = hasKid ? ["AUTH_KEY_UNKNOWN"] : [];
    expect([...codes]).toEqual(expect.arrayContaining([...DEMANDED_CODES, ...kidRows]));
  });

  test("refuses a request without a credential", async () => {
    const token = await signToken(good);
    await expectOnly(
      () => read({}),
      "AUTH_HEADER_MISSING",
      () => read(bearer(token)),
    );
  });

  test.each(["Bearer", "Bearer ", "bearer   ", " "])(
    "takes the header %j for no credential",
    async (value) => {
      const token = await signToken(good);
      await expectOnly(
        () => sendRaw(served.port, ["GET /agents/web-agent HTTP/1.1", `Authorization: ${value}`]),
        "AUTH_HEADER_EMPTY",
        () =>
          sendRaw(served.port, ["GET /agents/web-agent HTTP/1.1", `Authorization: ${value.trim()} ${token}`]),
      );
    },
  );

  test.each(["Basic", "Digest", "DPoP", "basic"])("refuses the scheme %s", async (scheme) => {
    const token = await signToken(good);
    await expectOnly(
      () => read({ authorization: `${scheme} ${token}` }),
      "AUTH_SCHEME_UNSUPPORTED",
      () => read({ authorization: `bearer ${token}` }),
    );
  });

  test("refuses two Authorization headers, also when both hold the same good token", async () => {
    const line = `Authorization: Bearer ${await signToken(good)}`;
    const request = "GET /agents/web-agent HTTP/1.1";
    await expectOnly(
      () => sendRaw(served.port, [request, line, line]),
      "AUTH_CREDENTIAL_REPEATED",
      () => sendRaw(served.port, [request, line]),
    );
    await expectOnly(
      () => sendRaw(served.port, [request, "Authorization: Bearer x", line]),
      "AUTH_CREDENTIAL_REPEATED",
      () => sendRaw(served.port, [request, line]),
    );
  });

  test.each([
    ["UTF-8", Buffer.from("é")],
    ["Latin-1", Buffer.from([0xe9])],
    ["broken UTF-8", Buffer.from([0xc3])],
  ])("refuses a bearer with %s bytes behind the token", async (_, bytes) => {
    const line = Buffer.from(`Authorization: Bearer ${await signToken(good)}`);
    const request = "GET /agents/web-agent HTTP/1.1";
    await expectOnly(
      () => sendRaw(served.port, [request, Buffer.concat([line, bytes])]),
      "AUTH_TOKEN_CHARACTERS_INVALID",
      () => sendRaw(served.port, [request, line]),
    );
  });

  test("refuses a service account token by its own name", async () => {
    const token = await signToken(good);
    await expectOnly(
      () => read(bearer(`agno_pat_${"x".repeat(43)}`)),
      "AUTH_SERVICE_ACCOUNTS_DISABLED",
      () => read(bearer(token)),
    );
  });

  test("refuses a token in the query or in a cookie, where none is read", async () => {
    const token = await signToken(good);
    const passes = () => read(bearer(token));
    const inQuery = () => send(served.port, { path: `/agents/web-agent?access_token=${token}` });
    await expectOnly(inQuery, "AUTH_HEADER_MISSING", passes);
    await expectOnly(() => read({ cookie: `access_token=${token}` }), "AUTH_HEADER_MISSING", passes);
  });

  test("refuses a caller whose scope is missing, or is for another agent", async () => {
    const before = counted.uses();
    const call = async (scopes: readonly string[]) =>
      read(bearer(await signToken(withClaims(good, { scopes }))));
    await expectScopeRefusal(served, await call([]), { scope: "agents:read" });
    await expectScopeRefusal(served, await call(["agents:web-agent:run"]), { scope: "agents:read" });
    const other = { code: "SCOPE_OTHER_RESOURCE", scope: "agents:read" } as const;
    await expectScopeRefusal(served, await call(["agents:other:read"]), other);
    await expectScopeRefusal(served, await call(["agents:Web-Agent:read"]), other);
    expect(counted.uses()).toBe(before);
    expect((await call(["agents:web-agent:read"])).status).toBe(200);
  });
});
