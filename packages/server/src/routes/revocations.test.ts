/** What `/authz/revocations` reads and answers, through the whole server, in memory. */
import { CLOCK_SKEW_SECONDS } from "@agentos/auth";
import { REVOKED_AHEAD_SECONDS, type RevocationObject } from "@agentos/contract";
import { createTestIssuer, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { AgentOS } from "../agent-os/agent-os.ts";
import type { AgentOSOptions } from "../agent-os/agent-os-options.ts";
import { Agent } from "../agents/agent.ts";

const issuer = await createTestIssuer("RS256");
const THUMBPRINT = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
const DAY = 24 * 3_600;
const YEAR = 365 * DAY;

function create(config: AgentOSOptions["authorizationConfig"] = {}, options: AgentOSOptions = {}) {
  const logger = createTestLogger();
  const os = new AgentOS({
    database: null,
    id: TEST_OS_ID,
    agents: [new Agent({ id: "echo", model: "offline:echo" })],
    env: {},
    logger,
    authorizationConfig: { verificationKeys: [issuer.verificationKey], ...config },
    ...options,
  });
  onTestFinished(() => os.close());
  const send = async (path: string, init: RequestInit) => {
    const request = new Request(`http://localhost:7777${path}`, init);
    const answer = await os.fetch(request, { clientAddress: "127.0.0.1" });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Body };
  };
  const operator = () =>
    issuer.bearer({ scopes: ["authz:revoke"], subject: "operator", claims: { jti: "op" } });
  const revoke = async (body: object, headers?: Record<string, string>) =>
    send("/authz/revocations", {
      method: "POST",
      headers: { "content-type": "application/json", ...(headers ?? (await operator())) },
      body: JSON.stringify(body),
    });
  const list = async (query = "") => send(`/authz/revocations${query}`, { headers: await operator() });
  const agents = async (claims: object, subject = "alice") => {
    const headers = await issuer.bearer({ scopes: ["agents:read"], subject, claims: { ...claims } });
    const { status, body } = await send("/agents", { headers });
    return status === 200 ? "200" : `${status} ${body.code}`;
  };
  return { send, revoke, list, agents, logger };
}

/** As much as each of these answers has. */
interface Body {
  readonly code: string;
  readonly detail: readonly { readonly loc: readonly string[] }[];
  readonly revocation: RevocationObject;
  readonly servers_behind: readonly unknown[];
  readonly data: readonly RevocationObject[];
  readonly meta: object;
}

const now = () => Math.floor(Date.now() / 1_000);

describe("revoking", () => {
  it.each<[kind: string, fields: object, meant: object, twin: object]>([
    ["a token", { kind: "jti", value: "t-1" }, { jti: "t-1" }, { jti: "t-2" }],
    ["a sign-in", { kind: "sid", value: "s-1" }, { sid: "s-1" }, { sid: "s-2" }],
    [
      "a user",
      { kind: "subject", value: "alice", issued_before: now() + 8 },
      {},
      { iat: now() + 8, exp: now() + 600 },
    ],
  ])("%s refuses it from the next request on, and not its twin", async (_, fields, meant, twin) => {
    const { revoke, agents } = create();
    for (const claims of [meant, twin]) expect(await agents(claims)).toBe("200");
    expect((await revoke(fields)).status).toBe(200);
    expect(await agents(meant)).toBe("401 AUTH_CREDENTIAL_REVOKED");
    expect(await agents(twin)).toBe("200");
    expect(await agents(meant, "bob")).toBe(
      "value" in fields && fields.value === "alice" ? "200" : "401 AUTH_CREDENTIAL_REVOKED",
    );
  });

  it("of a user is of tokens whose issuer's clock runs ahead, too", async () => {
    const { revoke, agents } = create();
    expect(REVOKED_AHEAD_SECONDS).toBe(1 + CLOCK_SKEW_SECONDS);
    const ahead = { iat: now() + 9, exp: now() + 600 };
    expect(await agents(ahead)).toBe("200");
    expect((await revoke({ kind: "subject", value: "alice" })).status).toBe(200);
    expect(await agents(ahead)).toBe("401 AUTH_CREDENTIAL_REVOKED");
  });

  it("answers with what is kept, and says who revoked, in the log too", async () => {
    const { revoke, logger } = create();
    const { status, body, headers } = await revoke({ kind: "subject", value: "alice" });
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-store");
    const { revocation } = body;
    expect(body).toMatchObject({ servers_behind: [] });
    expect(revocation).toMatchObject({
      kind: "subject",
      value: "alice",
      issuer: "default",
      created_by: { issuer: "default", subject: "operator" },
    });
    expect(Math.abs((revocation.issued_before ?? 0) - now())).toBeLessThan(30);
    expect(Math.abs(revocation.until - now() - DAY)).toBeLessThan(90);
    const said = logger.entries.find(({ text }) => text === "credentials were revoked");
    expect(said).toMatchObject({ level: "info", facts: { revocation } });
  });

  it("keeps a key, and what has no end, for ten years, and everything else as long as a token may live", async () => {
    const kept = async (config: AgentOSOptions["authorizationConfig"], fields: object) => {
      const { body } = await create(config).revoke(fields);
      return Math.round((body.revocation.until - now()) / DAY);
    };
    expect(await kept({}, { kind: "key", value: THUMBPRINT })).toBe(10 * 365);
    expect(await kept({}, { kind: "jti", value: "t" })).toBe(1);
    expect(await kept({}, { kind: "subject", value: "a", issued_before: now() - DAY })).toBe(1);
    expect(await kept({ unsafe: { allowLongLivedTokens: true } }, { kind: "jti", value: "t" })).toBe(3_650);
    expect(await kept({}, { kind: "jti", value: "t", until: now() + 5 * DAY })).toBe(5);
  });

  it.each<[field: string, body: object]>([
    ["kind", { kind: "user", value: "a" }],
    ["kind", { value: "a" }],
    ["value", { kind: "jti" }],
    ["value", { kind: "jti", value: "" }],
    ["value", { kind: "jti", value: "x".repeat(257) }],
    ["value", { kind: "key", value: "RS256 RSA-2048" }],
    ["issuer", { kind: "jti", value: "a", issuer: "nobody" }],
    ["issuer", { kind: "key", value: THUMBPRINT, issuer: "default" }],
    ["issued_before", { kind: "jti", value: "a", issued_before: 5 }],
    ["issued_before", { kind: "subject", value: "a", issued_before: now() + 60 }],
    ["issued_before", { kind: "subject", value: "a", issued_before: "now" }],
    ["issued_before", { kind: "subject", value: "a", issued_before: 0 }],
    ["issued_before", { kind: "subject", value: "a", issued_before: now() - 25 * 3_600 }],
    ["until", { kind: "jti", value: "a", until: now() - 1 }],
    ["until", { kind: "jti", value: "a", until: now() + 11 * YEAR }],
  ])("refuses a wrong %s: %j", async (field, body) => {
    const { revoke, list } = create();
    const answer = await revoke(body);
    expect(answer.status).toBe(422);
    expect(answer.body.detail.map(({ loc }) => loc)).toEqual([["body", field]]);
    expect((await list()).body.data).toEqual([]);
  });

  it.each([
    ["issuedBefore", 'the nearest field is "issued_before"'],
    ["util", 'the nearest field is "until"'],
    ["reason", 'the fields are "kind", "value", "issuer", "issued_before", "until"'],
  ])("revokes nothing where a field is named that there is not: %s", async (name, hint) => {
    const { revoke, list } = create();
    const answer = await revoke({ kind: "subject", value: "alice", [name]: 5 });
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toEqual([
      {
        type: "extra_forbidden",
        loc: ["body", name],
        msg: `Extra inputs are not permitted; ${hint}`,
        input: null,
      },
    ]);
    expect((await list()).body.data).toEqual([]);
  });

  it("reads JSON only, and not too much of it", async () => {
    const { send, revoke } = create();
    const headers = await issuer.bearer({ scopes: ["authz:revoke"] });
    const form = { method: "POST", headers, body: new URLSearchParams({ kind: "jti", value: "a" }) };
    expect((await send("/authz/revocations", form)).status).toBe(422);
    expect((await revoke({ kind: "jti", value: "a", more: "x".repeat(20_000) })).status).toBe(413);
  });

  it("may revoke the very token that it is asked with", async () => {
    const { revoke } = create();
    expect((await revoke({ kind: "jti", value: "op" })).status).toBe(200);
    expect((await revoke({ kind: "jti", value: "op" })).body.code).toBe("AUTH_CREDENTIAL_REVOKED");
  });

  it("is for the security key and for an open server as all other routes are, and names nobody", async () => {
    const SECURITY_KEY = "Zk3-uW9_qL7.x2Tr8vBn";
    const key = { authorization: `Bearer ${SECURITY_KEY}` };
    const fields = { kind: "jti", value: "a" };
    const guarded = create(undefined, { authorizationConfig: undefined, securityKey: SECURITY_KEY });
    expect((await guarded.revoke(fields, key)).body.revocation).toMatchObject({ created_by: null });
    const open = create(undefined, { authorizationConfig: undefined });
    expect((await open.revoke(fields, {})).body.revocation).toMatchObject({ created_by: null });
  });

  it.each<[name: string, options: AgentOSOptions]>([
    ["beside keys", {}],
    [
      "without any credential",
      { authorizationConfig: { excludedRoutePaths: ["/authz/*"] }, authorization: false },
    ],
  ])("is for no stranger where an operator has opened the routes, %s", async (_, options) => {
    const { revoke, list } = create({ excludedRoutePaths: ["/authz/*"] }, options);
    expect((await revoke({ kind: "subject", value: "root" }, {})).status).toBe(404);
    expect((await list()).status).toBe(404);
  });
});

describe("the list of what is revoked", () => {
  it("has pages, newest first, and is cut down by kind, issuer and value", async () => {
    const { revoke, list } = create();
    for (const value of ["a", "b", "c"]) await revoke({ kind: "jti", value });
    await revoke({ kind: "sid", value: "a" });
    await revoke({ kind: "key", value: THUMBPRINT });
    const shown = async (query: string) => {
      const { status, body } = await list(query);
      expect(status).toBe(200);
      return body.data.map(({ kind, value }) => `${kind} ${value}`);
    };
    expect(await shown("?limit=2")).toEqual([`key ${THUMBPRINT}`, "sid a"]);
    expect(await shown("?limit=2&page=2")).toEqual(["jti c", "jti b"]);
    expect(await shown("?value=a")).toEqual(["sid a", "jti a"]);
    expect(await shown("?kind=key")).toEqual([`key ${THUMBPRINT}`]);
    expect(await shown("?issuer=default&kind=sid")).toEqual(["sid a"]);
    const { body } = await list("?limit=2");
    expect(body.meta).toMatchObject({ page: 1, limit: 2, total_pages: 3, total_count: 5 });
    expect(body.data[0]).toMatchObject({ issuer: null, issued_before: null });
  });

  it.each(["limit=0", "limit=101", "page=0", "kind=user"])("refuses %s", async (query) => {
    expect((await create().list(`?${query}`)).status).toBe(422);
  });
});
