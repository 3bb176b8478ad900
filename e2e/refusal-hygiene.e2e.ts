// No refusal says more than its cause and its fix: every one that can be provoked is searched, body and headers.
import { fillTemplate, parseTemplate, SERVED_ROUTES } from "@agentos/contract";
import {
  badTokensFor,
  createTestKey,
  goodToken,
  signToken,
  type TestAlgorithm,
  type TestKey,
  type TokenParts,
  withClaims,
  withHeader,
} from "@agentos/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stopClock } from "./support/clock.ts";
import { createCountingAgent } from "./support/counting-agent.ts";
import { type Answer, bearer, bodyOf, type Call, send, sendRaw } from "./support/http.ts";
import { findLeaks, piecesOf, segmentsOf } from "./support/leaks.ts";
import { type Served, serve } from "./support/serve.ts";

const clock = stopClock();

/** Values that only configuration, keys and tokens hold; one that turns up in an answer came from there. */
const MARKS = {
  audience: "mark-audience-5b1e",
  issuer: "https://mark-issuer-77c0.example",
  subject: "mark-subject-91ab",
  keyId: "mark-kid-3d20",
  tokenId: "mark-jti-c8f4",
  session: "mark-session-04de",
  tenant: "mark-tenant-e61b",
  scope: "mark-scope-2f9a:read",
  role: "mark-role-aa10",
  wrong: "mark-wrong-b7d3",
};
const SECURITY_KEY = "mark-security-key-6c41-that-is-long";
const CREDENTIAL = "mark-credential-8e42";
const EXCEPTION_MARK = "mark-exception-19fe";

/** One answer of the collection. */
interface Collected {
  readonly name: string;
  readonly answer: Answer;
  /** The credential that was sent, whose parts may come back nowhere. */
  readonly sent: readonly string[];
}

const collected: Collected[] = [];
const logs: Served[] = [];
const secrets: string[] = [];

async function collect(
  served: Served,
  name: string,
  call: Call,
  sent: readonly string[] = [],
): Promise<Answer> {
  const answer = await send(served.port, call);
  collected.push({ name, answer, sent });
  return answer;
}

async function start(options: Parameters<typeof serve>[0]): Promise<Served> {
  const { agent } = createCountingAgent("web-agent");
  const served = await serve({ agents: [agent], ...options });
  logs.push(served);
  return served;
}

function markedToken(key: TestKey): TokenParts {
  const good = goodToken({
    key,
    now: clock.now(),
    audience: MARKS.audience,
    issuer: MARKS.issuer,
    subject: MARKS.subject,
    scopes: [MARKS.scope],
  });
  return withClaims(good, {
    jti: MARKS.tokenId,
    session_id: MARKS.session,
    tenant: MARKS.tenant,
    roles: [MARKS.role],
  });
}

/** Every bad token, and other ways of being refused, against a server with this key. */
async function collectJwt(algorithm: TestAlgorithm, enforces: boolean): Promise<void> {
  const key = await createTestKey(algorithm, { kid: MARKS.keyId });
  secrets.push(key.verificationKey);
  const served = await start({
    id: MARKS.audience,
    securityKey: SECURITY_KEY,
    authorization: enforces,
    authorizationConfig: {
      verificationKeys: [JSON.stringify(key.jwk)],
      issuer: MARKS.issuer,
      ...(algorithm === "HS256" ? { algorithm } : {}),
    },
  });
  const good = markedToken(key);
  const name = `${algorithm}${enforces ? "" : ", scopes not enforced"}`;
  for (const row of badTokensFor({ good, checksIssuer: true })) {
    const token = await row.make(good);
    await collect(served, `${name}: ${row.name}`, { path: "/agents", headers: bearer(token) }, [token]);
  }
  const wrongs = {
    "wrong values in every claim": withClaims(good, { aud: MARKS.wrong, iss: MARKS.wrong, sub: MARKS.wrong }),
    "an audience of its own": withClaims(good, { aud: MARKS.wrong }),
    "an issuer of its own": withClaims(good, { iss: MARKS.wrong }),
    "a reserved subject": withClaims(good, { sub: `sa:${MARKS.wrong}` }),
    "a key id of its own": withHeader(good, { kid: MARKS.wrong }),
    "a type of its own": withHeader(good, { typ: MARKS.wrong }),
    "an algorithm of its own": withHeader(good, { alg: MARKS.wrong }),
    "an extension of its own": withHeader(good, { crit: [MARKS.wrong], [MARKS.wrong]: true }),
    "no usable scope": good,
    "scopes that are no texts": withClaims(good, { scopes: [{ [MARKS.wrong]: 1 }, 7] }),
  };
  for (const [what, parts] of Object.entries(wrongs)) {
    const token = await signToken(parts);
    for (const { method, path } of Object.values(SERVED_ROUTES)) {
      const call: Call = {
        method,
        path: fillTemplate(parseTemplate(path), () => "web-agent"),
        headers: bearer(token),
      };
      await collect(served, `${name}: ${what} at ${method} ${path}`, call, [token]);
    }
  }
  await collectHeaders(served, name);
}

/** What needs no token at all. */
async function collectHeaders(served: Served, name: string): Promise<void> {
  const values = [
    CREDENTIAL,
    `Basic ${CREDENTIAL}`,
    `Bearer ${CREDENTIAL}`,
    `Bearer agno_pat_${CREDENTIAL}`,
    SECURITY_KEY,
    `Bearer ${SECURITY_KEY}`,
  ];
  for (const authorization of values) {
    await collect(served, `${name}: ${authorization}`, { path: "/agents", headers: { authorization } }, [
      authorization.split(" ").at(-1) ?? "",
    ]);
  }
  const path = `/${MARKS.wrong}?x=${MARKS.wrong}`;
  await collect(served, `${name}: nothing, at a path that nobody has`, { path });
  const headers = {
    cookie: `access_token=${CREDENTIAL}`,
    origin: `https://${MARKS.wrong}.example`,
    "x-request-id": MARKS.wrong,
  };
  await collect(served, `${name}: other headers`, { path: "/agents", headers }, [CREDENTIAL]);
  const twice = await sendRaw(served.port, [
    "GET /agents HTTP/1.1",
    `Authorization: Bearer ${CREDENTIAL}`,
    `Authorization: Bearer ${CREDENTIAL}`,
  ]);
  collected.push({ name: `${name}: two headers`, answer: twice, sent: [CREDENTIAL] });
}

beforeAll(async () => {
  await collectJwt("RS256", true);
  await collectJwt("ES256", false);
  await collectJwt("HS256", true);
  await collectHeaders(await start({ id: MARKS.audience, securityKey: SECURITY_KEY }), "security key");

  const open = await start({ id: MARKS.audience });
  const path = "/agents";
  await collect(open, "open: foreign host", { path, headers: { host: `${MARKS.wrong}.example` } });
  await collect(open, "open: foreign origin", {
    path,
    headers: { origin: `https://${MARKS.wrong}.example` },
  });

  const key = await createTestKey("ES256");
  const authorizationConfig = {
    verificationKeys: [key.verificationKey],
    tokenSource: "both" as const,
    userIsolation: true,
    issuer: MARKS.issuer,
  };
  const isolated = await start({ id: MARKS.audience, authorizationConfig });
  const nobody = await signToken(withClaims(markedToken(key), { sub: undefined, scopes: ["agents:run"] }));
  const run: Call = { method: "POST", path: "/agents/web-agent/runs", body: "message=x" };
  await collect(isolated, "isolation without a user", { ...run, headers: bearer(nobody) }, [nobody]);
  await collect(
    isolated,
    "cookie from another site",
    { ...run, headers: { cookie: `access_token=${nobody}`, origin: "https://evil.example" } },
    [nobody],
  );
  await collect(isolated, "no token in either place", run);
}, 60_000);

const refusals = () => collected.filter(({ answer }) => [401, 403, 429, 503].includes(answer.status));
const shown = ({ answer }: Collected) => `${answer.text}\n${answer.rawHeaders.join("\n")}`;

describe("the collection", () => {
  test("holds refusals of every code that this suite can provoke", () => {
    expect(refusals().length).toBeGreaterThan(250);
    const codes = new Set(refusals().map(({ answer }) => bodyOf(answer)["code"]));
    expect(codes.size).toBeGreaterThan(40);
    expect([...codes]).toEqual(
      expect.arrayContaining([
        "AUTH_USER_REQUIRED",
        "AUTH_COOKIE_CROSS_SITE",
        "AUTH_HOST_NOT_ALLOWED",
        "SCOPE_MISSING",
        "AUTH_SECURITY_KEY_NOT_ACCEPTED",
      ]),
    );
  });

  test("has no answer of the server's own failure", () => {
    expect(collected.filter(({ answer }) => answer.status >= 500).map(({ name }) => name)).toEqual([]);
  });
});

describe("no refusal shows", () => {
  const searched = (words: readonly string[] | ((entry: Collected) => readonly string[])) =>
    refusals().flatMap((entry) =>
      findLeaks(shown(entry), typeof words === "function" ? words(entry) : words).map(
        (word) => `${entry.name}: ${word}`,
      ),
    );

  test("an exception, a stack or a file", () => {
    const words = [
      "Error:",
      "TypeError",
      "SyntaxError",
      "JOSE",
      "JWSInvalid",
      "JWSSignature",
      "JWTExpired",
      "    at ",
      "node:internal",
      "node_modules",
      "file://",
      ".ts:",
      ".js:",
      process.cwd(),
      "/packages/",
      "/home/",
      "/root/",
      "undefined",
      "[object",
      "NaN",
    ];
    expect(searched(words)).toEqual([]);
  });

  test("a key or a secret, or a part of one", () => {
    const words = [
      ...secrets.flatMap((secret) => piecesOf(secret, 16)),
      ...piecesOf(SECURITY_KEY, 12),
      "BEGIN PUBLIC",
      "PRIVATE KEY",
      '"kty"',
      '"n":',
    ];
    expect(words.length).toBeGreaterThan(40);
    expect(searched(words)).toEqual([]);
  });

  test("the credential that was sent, or a part of it", () => {
    expect(searched(({ sent }) => sent.flatMap(segmentsOf))).toEqual([]);
  });

  test("a claim or a header of the token, or what is configured", () => {
    expect(searched(Object.values(MARKS))).toEqual([]);
  });

  test("a field that clients would show instead of the detail", () => {
    for (const { answer } of refusals()) {
      const body = bodyOf(answer);
      expect(Object.keys(body)).not.toEqual(expect.arrayContaining(["message"]));
      expect(Object.keys(body)).not.toEqual(expect.arrayContaining(["error"]));
      expect(body["detail"]).toEqual(expect.stringMatching(/\S/));
    }
  });

  test("what the server runs on", () => {
    for (const { answer } of refusals()) {
      for (const header of ["server", "x-powered-by"]) expect(answer.headers).not.toHaveProperty(header);
      expect(answer.headers["cache-control"]).toBe("no-store");
    }
  });

  test("a header that was not meant to be one", () => {
    const names = refusals().flatMap(({ answer }) => answer.rawHeaders.filter((_, index) => index % 2 === 0));
    const known = [
      "cache-control",
      "connection",
      "content-length",
      "content-type",
      "date",
      "keep-alive",
      "transfer-encoding",
      "vary",
      "www-authenticate",
    ];
    expect(
      [...new Set(names.map((name) => name.toLowerCase()))].filter((name) => !known.includes(name)),
    ).toEqual([]);
  });
});

describe("what the operator gets", () => {
  /** Neither may turn up, not even where only the operator reads. */
  const words = () => [
    ...secrets.flatMap((secret) => piecesOf(secret, 16)),
    ...piecesOf(SECURITY_KEY, 12),
    ...collected.flatMap(({ sent }) => sent.flatMap(segmentsOf)),
  ];
  const ids = () => [...new Set(refusals().map(({ answer }) => String(bodyOf(answer)["denial_id"])))];

  test("from the log names each refusal by its id, and holds no token and no secret", () => {
    const text = logs.flatMap(({ logLines }) => logLines).join("\n");
    expect(ids().length).toBeGreaterThan(60);
    expect(ids().filter((id) => !text.includes(id))).toEqual([]);
    expect(findLeaks(text, words())).toEqual([]);
  });

  test("from the denial records holds every refusal, and no token and no secret", async () => {
    const recorders = await Promise.all(logs.map(({ os }) => os.denials()));
    const text = JSON.stringify(
      await Promise.all(recorders.map((recorder) => recorder.list({ kind: "all" }, { limit: 1_000 }))),
    );
    expect(ids().filter((id) => !text.includes(id))).toEqual([]);
    expect(findLeaks(text, words())).toEqual([]);
  });
});

describe("other errors", () => {
  let os: Served;
  let key: TestKey;
  beforeAll(async () => {
    key = await createTestKey("ES256");
    const fail = () => {
      throw new Error(EXCEPTION_MARK, { cause: new Error("/etc/passwd") });
    };
    const { agent } = createCountingAgent("web-agent");
    os = await serve({
      id: MARKS.audience,
      agents: [agent],
      routes: [{ method: "GET", path: "/fails", access: "authenticated", handler: fail }],
      authorizationConfig: { verificationKeys: [key.verificationKey], issuer: MARKS.issuer },
    });
  });
  const tokenWith = (scopes: readonly string[]) => signToken(withClaims(markedToken(key), { scopes }));

  test("a failing handler says nothing of its exception to the caller, and everything to the log", async () => {
    const answer = await send(os.port, {
      path: "/fails",
      headers: { ...bearer(await tokenWith([])), origin: "http://localhost:3000" },
    });
    expect([answer.status, Object.keys(bodyOf(answer))]).toEqual([500, ["detail", "request_id"]]);
    expect(
      findLeaks(`${answer.text}${answer.rawHeaders.join()}`, [EXCEPTION_MARK, "passwd", "Error", " at "]),
    ).toEqual([]);
    expect(answer.headers["access-control-allow-origin"]).toBe("http://localhost:3000");
    const line = os.logLines.find((text) => text.includes(String(bodyOf(answer)["request_id"])));
    expect(line).toContain(EXCEPTION_MARK);
  });

  test("a missing agent, a bad form and a header that is too long say no more than that", async () => {
    const headers = bearer(await tokenWith(["agent_os:admin"]));
    const answers = [
      await send(os.port, { path: `/agents/${MARKS.wrong}`, headers }),
      await send(os.port, {
        method: "POST",
        path: "/agents/web-agent/runs",
        headers,
        body: "stream=perhaps",
      }),
      await send(os.port, {
        method: "POST",
        path: "/agents/web-agent/runs",
        headers: { ...headers, "content-type": "application/json" },
        body: `{"${MARKS.wrong}":1}`,
      }),
      await sendRaw(os.port, ["GET /agents HTTP/1.1", `Authorization: Bearer ${MARKS.wrong.repeat(10_000)}`]),
      await sendRaw(os.port, ["GET /agents HTTP/9.9"]),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 422, 422, 431, 400]);
    for (const { text, rawHeaders, status } of answers) {
      const words = [MARKS.audience, MARKS.issuer, MARKS.subject, "Error", " at ", process.cwd()];
      expect([status, findLeaks(`${text}${rawHeaders.join()}`, words)]).toEqual([status, []]);
      if (text !== "") expect(Object.keys(JSON.parse(text) as object)).toEqual(["detail"]);
    }
  });
});

describe("the form of a refusal", () => {
  let os: Served;
  beforeAll(async () => {
    const key = await createTestKey("ES256");
    const origins = { allowedOrigins: ["https://console.example"] };
    os = await serve({
      id: "agent-os",
      authorizationConfig: { verificationKeys: [key.verificationKey] },
      cors: origins,
    });
    forbidden = bearer(await signToken(goodToken({ key, now: clock.now(), scopes: [] })));
  });
  let forbidden: Readonly<Record<string, string>> = {};
  const refuse = (status: number, headers: Readonly<Record<string, string>>) =>
    send(os.port, { path: "/config", headers: { ...(status === 403 ? forbidden : {}), ...headers } });

  test.each([
    [undefined, "application/json"],
    ["*/*", "application/json"],
    ["application/json", "application/json"],
    ["text/html", "application/json"],
    ["application/problem+json", "application/problem+json"],
    ["application/json, application/problem+json;q=0.9", "application/problem+json"],
    ["application/problem+json;q=0", "application/json"],
  ])("for Accept %s is %s, with the same body", async (accept, type) => {
    for (const status of [401, 403]) {
      const plain = await refuse(status, {});
      const answer = await refuse(status, accept === undefined ? {} : { accept });
      expect([answer.status, answer.headers["content-type"]]).toEqual([status, type]);
      expect(answer.text).toBe(plain.text);
      expect(answer.headers["vary"]).toMatch(/\bAccept\b/);
    }
  });

  test.each([401, 403])(
    "has the CORS headers of an answer for an allowed origin, and none for another (%i)",
    async (status) => {
      const allowed = await refuse(status, { origin: "https://console.example" });
      expect(allowed.status).toBe(status);
      expect(allowed.headers).toMatchObject({
        "access-control-allow-origin": "https://console.example",
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "WWW-Authenticate, Retry-After, Date",
        "www-authenticate": expect.stringMatching(/^Bearer /) as string,
      });
      expect(allowed.headers["vary"]).toMatch(/Accept.*Origin/);
      for (const origin of [
        "https://evil.example",
        "null",
        "https://console.example.evil.example",
        "http://console.example",
        "https://console.example:444",
        "http://localhost:3000",
      ]) {
        const foreign = await refuse(status, { origin });
        expect(foreign.text).toBe(allowed.text);
        expect(Object.keys(foreign.headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
      }
    },
  );
});

afterAll(() => {
  collected.length = 0;
});
