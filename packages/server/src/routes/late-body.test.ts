/** Who is shut out while a body arrives begins nothing, over a real connection. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuthorizationConfig, PolicyOptions } from "@agentos/guard";
import {
  createTestIssuer,
  createTestKey,
  createTestLogger,
  goodToken,
  signToken,
  TEST_OS_ID,
} from "@agentos/testkit";
import { expect, it, onTestFinished, vi } from "vitest";
import { AgentOS } from "../agent-os/agent-os.ts";
import { Agent } from "../agents/agent.ts";

const issuer = await createTestIssuer("RS256");
const other = await createTestIssuer("RS256");

function authorizedBy({ verificationKey }: typeof issuer, more: AuthorizationConfig = {}): PolicyOptions {
  return {
    env: {},
    authorization: true,
    authorizationConfig: { verificationKeys: [verificationKey], ...more },
  };
}

async function serve(options: PolicyOptions = authorizedBy(issuer)) {
  const os = new AgentOS({
    database: null,
    id: TEST_OS_ID,
    agents: [new Agent({ id: "echo", model: "offline:echo" })],
    env: {},
    logger: createTestLogger(),
    ...options,
    // Room for a body that does not say how long it is, while the run of the one before still ends.
    limits: { runMebibytes: 4_096, runMebibytesPerCaller: 4_096 },
  });
  const server = await os.serve({ port: 0, printsPolicy: false });
  onTestFinished(() => server.close());
  const bearer = (subject: string, jti: string) =>
    issuer.bearer({ subject, scopes: ["agent_os:admin"], claims: { jti } });
  const admin = await bearer("root", "of-admin");
  const { authorization } = await bearer("thief", "stolen");
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${server.url}${path}`, {
      ...init,
      headers: { ...admin, "content-type": "application/json" },
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  return { os, port: server.port, authorization, ask };
}

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";
const RUN = {
  path: "/agents/echo/runs",
  type: FORM,
  body: "message=hi&background=true&stream=false",
  passes: 202,
};

interface LateBody {
  readonly path: string;
  readonly type: string;
  readonly body: string;
  readonly authorization?: string | undefined;
}

/** Its headers and the first characters of its body, and the rest only when that has been done. */
async function send(
  port: number,
  { path, type, body, authorization }: LateBody,
  whileItArrives: () => Promise<unknown>,
): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const isRead = Promise.withResolvers<void>();
  let answer = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    answer += text;
    // Its headers have been read.
    isRead.resolve();
  });
  socket.on("end", () => resolve(answer)).on("error", reject);
  const [first, last] = [body.slice(0, 5), body.slice(5)];
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
  const credential = authorization === undefined ? "" : `authorization: ${authorization}\r\n`;
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${credential}` +
      `content-type: ${type}\r\ntransfer-encoding: chunked\r\nexpect: 100-continue\r\n\r\n${chunk(first)}`,
  );
  await isRead.promise;
  await whileItArrives();
  socket.write(`${chunk(last)}0\r\n\r\n`);
  return promise;
}

it.each([
  RUN,
  {
    path: "/sessions?type=agent",
    type: JSON_TYPE,
    body: '{"session_id":"s","agent_id":"echo"}',
    passes: 201,
  },
  { path: "/memories", type: JSON_TYPE, body: '{"memory":"likes tea"}', passes: 200 },
])("revoked while its body arrives: $path", async ({ passes, ...late }) => {
  const { port, authorization, ask } = await serve();

  expect(await send(port, { ...late, authorization }, () => ask("/health"))).toContain(`HTTP/1.1 ${passes} `);
  const refused = await send(port, { ...late, authorization }, async () => {
    const revoked = await ask("/authz/revocations", {
      method: "POST",
      body: JSON.stringify({ kind: "jti", value: "stolen" }),
    });
    expect(revoked.status).toBe(200);
  });
  expect(refused).toContain("HTTP/1.1 401 ");
  expect(refused).toContain("AUTH_CREDENTIAL_REVOKED");
  const denials = await ask("/authz/denials?code=AUTH_CREDENTIAL_REVOKED");
  expect(denials.body).toMatchObject({ data: [{ code: "AUTH_CREDENTIAL_REVOKED" }] });
});

it.each<{ taken: string; after: PolicyOptions; status: number; code: string }>([
  { taken: "a key withdrawn", after: authorizedBy(other), status: 401, code: "AUTH_KEY_UNKNOWN" },
  {
    taken: "a scope taken away",
    after: authorizedBy(issuer, { scopeMappings: { "POST /agents/{agent_id}/runs": ["agents:delete"] } }),
    status: 403,
    code: "SCOPE_MISSING",
  },
])(
  "$taken by another policy while its body arrives, which begins nothing",
  async ({ after, status, code }) => {
    const { os, port } = await serve();
    const { authorization } = await issuer.bearer({ scopes: ["agents:run"] });
    const late = { ...RUN, authorization };
    // Twin: the same policy once more.
    expect(await send(port, late, () => os.replacePolicy(authorizedBy(issuer)))).toContain("HTTP/1.1 202 ");
    const refused = await send(port, late, () => os.replacePolicy(after));
    expect(refused).toContain(`HTTP/1.1 ${status} `);
    expect(refused).toContain(code);
  },
);

it("whom nobody asked for a credential is asked where one is needed when the body is there", async () => {
  const open: PolicyOptions = { env: {}, authorization: false };
  const { os, port } = await serve(open);
  expect(await send(port, RUN, () => os.replacePolicy(open))).toContain("HTTP/1.1 202 ");
  const refused = await send(port, RUN, () => os.replacePolicy(authorizedBy(issuer)));
  expect(refused).toContain("HTTP/1.1 401 ");
});

it("a key that is taken out of the file of keys while a body arrives begins nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "agentos-late-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const jwksFile = join(folder, "keys.json");
  const write = (...keys: readonly object[]) => writeFileSync(jwksFile, JSON.stringify({ keys }));
  const keys = await Promise.all(["first", "second"].map((kid) => createTestKey("RS256", { kid })));
  const [key, kept] = keys;
  if (key === undefined || kept === undefined) throw new Error("no keys");
  write(key.jwk, kept.jwk);
  const { os, port } = await serve({ env: {}, authorization: true, authorizationConfig: { jwksFile } });
  const now = Math.floor(Date.now() / 1_000);
  const signBy = async (signer: typeof key) =>
    `Bearer ${await signToken(goodToken({ key: signer, now, audience: TEST_OS_ID, scopes: ["agents:run"] }))}`;
  const [first, second] = [await signBy(key), await signBy(kept)];
  const takeOut = async () => {
    write(kept.jwk);
    await vi.waitFor(async () => expect((await os.describe()).keys).toHaveLength(1), 10_000);
  };
  const refused = await send(port, { ...RUN, authorization: first }, takeOut);
  expect(refused).toContain("HTTP/1.1 401 ");
  expect(await send(port, { ...RUN, authorization: second }, takeOut)).toContain("HTTP/1.1 202 ");
});

it("a token of a shared secret is to be sent again where the policy was replaced while a body arrived", async () => {
  const shared = await createTestIssuer("HS256");
  const policy = authorizedBy(shared, { algorithm: "HS256" });
  const { os, port } = await serve(policy);
  const late = { ...RUN, ...(await shared.bearer({ scopes: ["agents:run"] })) };
  expect(await send(port, late, async () => undefined)).toContain("HTTP/1.1 202 ");
  expect(await send(port, late, () => os.replacePolicy(policy))).toContain("HTTP/1.1 401 ");
  expect(await send(port, late, async () => undefined)).toContain("HTTP/1.1 202 ");
});
