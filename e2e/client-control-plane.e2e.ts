/** The client with a real control plane: signed in by a link, kept by its cookie, and on to an instance with minted tokens. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ControlPlaneClient,
  connectInstance,
  createControlPlaneClient,
  createMemorySession,
  type SessionStore,
} from "@agentos/client";
import { checkControlPlaneAnswer } from "@agentos/client/schemas";
import { createControlPlane } from "@agentos/control-plane";
import { type PreparedStart, prepareLocalStart } from "@agentos/control-plane/machine";
import { type RunningServer } from "@agentos/guard/app";
import { Agent, AgentOS } from "@agentos/server";
import { findFreePort } from "@agentos/testkit/processes";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeConnections } from "./support/http.ts";

const OS_ID = "shop";
const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };
const folder = mkdtempSync(join(tmpdir(), "agentos-client-"));
const running: RunningServer[] = [];
let url: string;
let endpoint: string;
let prepared: PreparedStart;

beforeAll(async () => {
  const [port, osPort] = [await findFreePort(), await findFreePort()];
  url = `http://127.0.0.1:${port}`;
  endpoint = `http://localhost:${osPort}`;
  const options = { url, env: {}, workingDirectory: folder, database: `sqlite:${join(folder, "cp.db")}` };
  prepared = await prepareLocalStart(options, {
    organizationName: "Shop",
    instance: { id: "local", name: "Local", endpoint, osId: OS_ID },
  });
  const controlPlane = createControlPlane({ ...options, logger: QUIET });
  running.push(await controlPlane.serve({ port }));
});

afterAll(async () => {
  closeConnections();
  await Promise.all(running.map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

const open = (session: SessionStore = createMemorySession()): ControlPlaneClient =>
  createControlPlaneClient({ baseUrl: url, session, checkAnswer: checkControlPlaneAnswer });

/** Signs in once: a link works once. */
async function signIn(): Promise<{
  readonly controlPlane: ControlPlaneClient;
  readonly session: SessionStore;
}> {
  const session = createMemorySession();
  const controlPlane = open(session);
  const secret = new URL(prepared.link.url).hash.split(/[#=/]/).at(-1) ?? "";
  await controlPlane.signIn.redeemLink({ body: { secret } });
  return { controlPlane, session };
}

test("from a link to a chat, with the client alone", async () => {
  await expect(open().account.read()).rejects.toMatchObject({ kind: "refusal", status: 401, isOurs: true });
  const { controlPlane, session } = await signIn();
  // Another client of the same session is the same person.
  const { memberships } = await open(session).account.read();
  const organizationId = memberships[0]?.organization.id ?? "";
  const parameters = { organization_id: organizationId };
  const ids = { ...parameters, instance_id: "local" };
  expect((await controlPlane.instances.list({ parameters })).data).toMatchObject([
    { endpoint, os_id: OS_ID },
  ]);
  const switched = await controlPlane.instances.setSwitches({
    parameters: ids,
    body: { authorization: true, security_key: false },
  });
  expect(switched.desired).toEqual({ authorization: true, security_key: false });
  const { data: keys } = await controlPlane.keys.list({ parameters: ids });

  const os = new AgentOS({
    id: OS_ID,
    agents: [new Agent({ id: "echo", model: "offline:echo" })],
    database: null,
    env: {},
    logger: QUIET,
    authorizationConfig: { verificationKeys: keys.map(({ public_pem }) => public_pem), userIsolation: true },
  });
  running.push(
    await os.serve({ host: "localhost", port: Number(new URL(endpoint).port), printsPolicy: false }),
  );
  const client = await connectInstance({ controlPlane, organizationId, instanceId: "local" });
  let text = "";
  for await (const event of client.agents.stream("echo", { message: "Hello there" }))
    if (event.event === "RunContent") text += event.content;
  expect(text).toBe("Hello there");
  expect((await client.sessions.list()).meta.total_count).toBe(1);

  const readOnly = await connectInstance({
    controlPlane,
    organizationId,
    instanceId: "local",
    scopes: ["config:read", "agents:read"],
  });
  expect(await readOnly.agents.list()).toHaveLength(1);
  await expect(readOnly.agents.run("echo", { message: "Hi" })).rejects.toMatchObject({
    code: "SCOPE_MISSING",
    missingScopes: ["agents:run"],
  });

  await controlPlane.account.signOut();
  expect(session.get()).toBeUndefined();
  await expect(controlPlane.account.read()).rejects.toMatchObject({ kind: "refusal", status: 401 });
});

test("a link that is no link is rejected with its code and what to do", async () => {
  for (const secret of ["x".repeat(43), "cut"])
    await expect(open().signIn.inspectLink({ body: { secret } })).rejects.toMatchObject({
      kind: "refusal",
      status: 404,
      code: "LINK_UNKNOWN",
      fix: expect.stringContaining("copy the whole link") as unknown,
    });
});
