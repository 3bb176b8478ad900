/** A real AgentOS at a real control plane, as its owner and others meet them in the console. */
import { randomInt } from "node:crypto";
import { createServer } from "node:http";
import { type ControlPlaneClient, createControlPlaneClient, createMemorySession } from "@agentos/client";
import { AgentOS, type AgentOSOptions } from "@agentos/server";
import type { Page } from "../../tools/browser/drive.ts";
import { closeConnections } from "../support/http.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { type StartedConsole, startConsole } from "./start-console.ts";

export const OWNER = { name: "Ada Lovelace", email: "ada@example.com", password: "correct horse battery" };
export const MEMBER = { name: "Mia Member", email: "mia@example.com", password: "battery staple correct" };

export interface ChatWorld {
  readonly console: StartedConsole;
  readonly cable: TcpProxy | undefined;
  /** Where the AgentOS is. */
  readonly endpoint: string;
  readonly owner: ControlPlaneClient;
  readonly organizationId: string;
  readonly instanceId: string;
  /** What a visitor's page may ask. */
  readonly origins: readonly string[];
  /** PEM of the keys that the control plane has for the instance, the signing one first. */
  listKeys(): Promise<readonly string[]>;
  /** Starts the AgentOS anew at the same address, which trusts the control plane's keys unless it is told otherwise. */
  serve(options?: Partial<AgentOSOptions>): Promise<void>;
  stop(): Promise<void>;
  /** Signs in by the page that is asked for, and waits for what only who is in can see. */
  signIn(page: Page, path: string, person?: typeof OWNER): Promise<void>;
  inviteMember(): Promise<string>;
  close(): Promise<void>;
}

export interface ChatWorldOptions {
  readonly agents: NonNullable<AgentOSOptions["agents"]>;
  /** Whether the AgentOS checks tokens at first. Default true. */
  readonly isAuthorized?: boolean;
  /** Somebody else serves at this address. */
  readonly endpoint?: string;
  /** Between the browser and the AgentOS is a cable that can be pulled. */
  readonly hasCable?: boolean;
}

export async function openChatWorld({
  agents,
  isAuthorized = true,
  endpoint: given,
  hasCable = false,
}: ChatWorldOptions): Promise<ChatWorld> {
  const console = await startConsole();
  const { url } = console;
  const owner = createControlPlaneClient({ baseUrl: url, session: createMemorySession() });
  const secret = new URL(await console.printOwnerLink()).hash.replace("#link=", "");
  const { memberships } = await owner.signIn.redeemLink({ body: { secret, ...OWNER } });
  const organizationId = memberships[0]?.organization.id ?? "";
  const organization = { organization_id: organizationId };
  const port = await findPort();
  const cable = hasCable ? await startTcpProxy(`http://127.0.0.1:${port}`) : undefined;
  const endpoint = given ?? cable?.url.replace(/\/$/, "") ?? `http://127.0.0.1:${port}`;
  const { id: instanceId } = await owner.instances.create({
    parameters: organization,
    body: { name: "Workshop", endpoint },
  });
  const parameters = { ...organization, instance_id: instanceId };
  await owner.instances.connect({ parameters });
  await owner.instances.update({ parameters, body: { os_id: "workshop" } });
  await owner.instances.setSwitches({
    parameters,
    body: { authorization: isAuthorized, security_key: false },
  });
  let running: { close(): Promise<void> } | undefined;
  const quiet = () => undefined;

  const world: ChatWorld = {
    console,
    cable,
    endpoint,
    owner,
    organizationId,
    instanceId,
    origins: [url, new URL(endpoint).origin],
    async listKeys() {
      const { data } = await owner.keys.list({ parameters });
      return data.map(({ public_pem: pem }) => pem);
    },
    async serve(options = {}) {
      await world.stop();
      const os = new AgentOS({
        id: "workshop",
        database: null,
        agents,
        env: {},
        logger: { error: quiet, warn: quiet, info: quiet },
        cors: { allowedOrigins: [url] },
        ...(isAuthorized
          ? { authorizationConfig: { verificationKeys: [...(await world.listKeys())], userIsolation: true } }
          : {}),
        ...options,
      });
      running = await os.serve({ host: "127.0.0.1", port, printsPolicy: false });
    },
    async stop() {
      await running?.close();
      running = undefined;
    },
    async signIn(page, path, { email, password } = OWNER) {
      await page.goto(`${url}${path}`);
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("navigation").first().waitFor();
    },
    async inviteMember() {
      const { name, email, password } = MEMBER;
      const { member, link } = await owner.members.add({
        parameters: organization,
        body: { name, email, role: "member" },
      });
      const session = createControlPlaneClient({ baseUrl: url, session: createMemorySession() });
      await session.signIn.redeemLink({
        body: { secret: new URL(link?.url ?? "").hash.replace("#link=", ""), password },
      });
      return member.person_id;
    },
    async close() {
      closeConnections();
      await cable?.close();
      await world.stop();
      await console.close();
    },
  };
  if (given === undefined) await world.serve();
  return world;
}

/** None of those that the system hands out, so that nobody takes it while the server is started anew. */
async function findPort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    await new Promise<void>((resolve) => void server.close(() => resolve()));
    if (isFree) return port;
  }
}
