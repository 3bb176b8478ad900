/** A credential that is revoked while a body arrives begins nothing, over a real connection. */
import { connect } from "node:net";
import { createTestIssuer, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { expect, it, onTestFinished } from "vitest";
import { AgentOS } from "../agent-os/agent-os.ts";
import { Agent } from "../agents/agent.ts";

const issuer = await createTestIssuer("RS256");

async function serve() {
  const os = new AgentOS({
    database: null,
    id: TEST_OS_ID,
    agents: [new Agent({ id: "echo", model: "offline:echo" })],
    env: {},
    logger: createTestLogger(),
    authorizationConfig: { verificationKeys: [issuer.verificationKey] },
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
  return { port: server.port, authorization, ask };
}

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

it.each([
  { path: "/agents/echo/runs", type: FORM, body: "message=hi&background=true&stream=false", passes: 202 },
  {
    path: "/sessions?type=agent",
    type: JSON_TYPE,
    body: '{"session_id":"s","agent_id":"echo"}',
    passes: 201,
  },
  { path: "/memories", type: JSON_TYPE, body: '{"memory":"likes tea"}', passes: 200 },
])("revoked while its body arrives: $path", async ({ path, type, body, passes }) => {
  const { port, authorization, ask } = await serve();

  async function send(whileItArrives: () => Promise<unknown>): Promise<string> {
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
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: ${authorization}\r\n` +
        `content-type: ${type}\r\ntransfer-encoding: chunked\r\nexpect: 100-continue\r\n\r\n${chunk(first)}`,
    );
    await isRead.promise;
    await whileItArrives();
    socket.write(`${chunk(last)}0\r\n\r\n`);
    return promise;
  }

  expect(await send(() => ask("/health"))).toContain(`HTTP/1.1 ${passes} `);
  const refused = await send(async () => {
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
