/**
 * A console with an Owner and a Member, and instances whose server is stopped and started anew as somebody mends it: what the
 * stories of refusals happen in.
 */
import { randomInt } from "node:crypto";
import { createServer } from "node:http";
import { type ControlPlaneClient, createControlPlaneClient, createMemorySession } from "@agentos/client";
import { Agent, AgentOS, type AgentOSOptions } from "@agentos/server";
import { type PythonOptions, startPythonServer } from "@agentos/testkit";
import { expect } from "vitest";
import type { Page } from "../../tools/browser/drive.ts";
import { startConsole } from "./start-console.ts";

export const PASSWORD = "correct horse battery";
export const SECURITY_KEY = "k9-tRw3z_Qp7vXe2mYb8sLd4";

export interface WorldPerson {
  readonly id: string;
  readonly email: string;
  readonly client: ControlPlaneClient;
}

/** What is at the endpoint. */
export type Served =
  | { readonly ours: Pick<AgentOSOptions, "authorization" | "authorizationConfig" | "env"> }
  | { readonly python: Omit<PythonOptions, "port" | "allowedOrigin"> };

interface Switches {
  readonly authorization: boolean;
  readonly security_key: boolean;
}

export interface WorldInstance {
  readonly id: string;
  readonly endpoint: string;
  /** Public half of the key that signs for it. */
  readonly pem: string;
  /** The same instance is at another port of this machine, and what is put there is put at that one. */
  move(): Promise<void>;
  /** Nothing is there. */
  stop(): Promise<void>;
  setSwitches(switches: Switches): Promise<void>;
  stateVersion(version: string): Promise<void>;
  setOsId(osId: string): Promise<void>;
  /** Another key signs from now on, whose public half is `pem` then; the one before is none any more. */
  replaceKey(): Promise<void>;
  /** Puts another server there, and lets both people look at it. The very same object that is there stays there. */
  put(served: Served): Promise<void>;
}

export interface RefusalWorld {
  readonly url: string;
  readonly organizationId: string;
  readonly owner: WorldPerson;
  readonly member: WorldPerson;
  /** Of `isLocal` there is one: it obeys its switches, unless `refusesSwitches`. */
  connect(name: string, options?: { readonly isLocal?: boolean }): Promise<WorldInstance>;
  refusesSwitches: boolean;
  /** Waits until each instance was told whose tokens are revoked. */
  revocationsArrive(): Promise<void>;
  changeRole(person: WorldPerson, role: "member" | "administrator"): Promise<void>;
  remove(person: WorldPerson): Promise<void>;
  addMember(name: string): Promise<WorldPerson>;
  close(): Promise<void>;
}

export interface RefusalWorldOptions {
  /** The control plane itself reaches the instances, and tells them what is revoked. Default false. */
  readonly reachesInstances?: boolean;
}

export async function openRefusalWorld({
  reachesInstances = false,
}: RefusalWorldOptions = {}): Promise<RefusalWorld> {
  let refusesSwitches = false;
  const localPort = await findPort();
  const started = await startConsole({
    allowedPrivateEndpoints: reachesInstances ? ["127.0.0.1"] : [],
    localInstances: [
      {
        endpoint: `http://127.0.0.1:${localPort}`,
        apply: () => (refusesSwitches ? Promise.reject(new Error("not now")) : Promise.resolve()),
      },
    ],
  });
  const { url } = started;
  const newClient = () => createControlPlaneClient({ baseUrl: url, session: createMemorySession() });
  const ownerClient = newClient();
  const email = "olga@acme.example";
  const redeemed = await ownerClient.signIn.redeemLink({
    body: { secret: secretOf(await started.printOwnerLink()), name: "Olga Owner", email, password: PASSWORD },
  });
  const organizationId = redeemed.memberships[0]?.organization.id ?? "";
  const organization = { organization_id: organizationId };
  const owner = { id: redeemed.person.id, email, client: ownerClient };
  const servers: (() => Promise<void>)[] = [];

  async function addMember(name: string): Promise<WorldPerson> {
    const own = `${name.toLowerCase()}@acme.example`;
    const { member, link } = await ownerClient.members.add({
      parameters: organization,
      body: { name, email: own, role: "member" },
    });
    const client = newClient();
    await client.signIn.redeemLink({ body: { secret: secretOf(link?.url ?? ""), password: PASSWORD } });
    return { id: member.person_id, email: own, client };
  }
  const member = await addMember("Mia");

  async function connect(name: string, { isLocal = false } = {}): Promise<WorldInstance> {
    let port = isLocal ? localPort : await findPort();
    let endpoint = `http://127.0.0.1:${port}`;
    const draft = await ownerClient.instances.create({ parameters: organization, body: { name, endpoint } });
    const parameters = { ...organization, instance_id: draft.id };
    await ownerClient.instances.connect({ parameters });
    await ownerClient.instances.update({ parameters, body: { os_id: "agent-os" } });
    const setSwitches = async (body: Switches): Promise<void> => {
      await ownerClient.instances.setSwitches({ parameters, body });
    };
    await setSwitches({ authorization: true, security_key: false });
    const keys = await ownerClient.keys.list({ parameters });
    let [signing] = keys.data;
    let running: { close(): Promise<void> } | undefined;
    let standing: Served | undefined;
    const stop = async () => {
      standing = undefined;
      await running?.close();
      running = undefined;
    };
    servers.push(stop);
    return {
      id: draft.id,
      get endpoint() {
        return endpoint;
      },
      get pem() {
        return signing?.public_pem ?? "";
      },
      stop,
      async move() {
        await stop();
        port = await findPort();
        endpoint = `http://127.0.0.1:${port}`;
        await ownerClient.instances.update({ parameters, body: { endpoint } });
      },
      setSwitches,
      async stateVersion(version) {
        await ownerClient.instances.update({ parameters, body: { stated_version: version } });
      },
      async setOsId(osId) {
        await ownerClient.instances.update({ parameters, body: { os_id: osId } });
      },
      async replaceKey() {
        const old = signing?.kid ?? "";
        const published = await ownerClient.keys.publish({ parameters });
        const next = published.data.find(({ station }) => station === "published");
        if (next === undefined) throw new Error("no key was published");
        const body = { is_forced: true };
        await ownerClient.keys.sign({ parameters: { ...parameters, kid: next.kid }, body });
        await ownerClient.keys.retire({ parameters: { ...parameters, kid: old }, body });
        signing = next;
      },
      async put(served) {
        if (served === standing) return;
        await stop();
        standing = served;
        running = await startAt(port, url, served);
        const answers = await look(endpoint);
        const body = { endpoint, outcome: "answered" as const, answers };
        for (const { client } of [owner, member]) await client.instances.observe({ parameters, body });
      },
    };
  }

  return {
    url,
    organizationId,
    owner,
    member,
    connect,
    addMember,
    get refusesSwitches() {
      return refusesSwitches;
    },
    set refusesSwitches(value) {
      refusesSwitches = value;
    },
    async revocationsArrive() {
      await expect
        .poll(
          async () => {
            const { data } = await ownerClient.revocations.list({ parameters: organization });
            return data.filter(({ kind, state }) => kind === "sid" && state === "pending").length;
          },
          { timeout: 10_000, interval: 50 },
        )
        .toBe(0);
    },
    async changeRole({ id }, role) {
      await ownerClient.members.changeRole({
        parameters: { ...organization, person_id: id },
        body: { role },
      });
    },
    async remove({ id }) {
      await ownerClient.members.remove({ parameters: { ...organization, person_id: id } });
    },
    async close() {
      for (const stop of servers) await stop();
      await started.close();
    },
  };
}

/** Signs in where the page asks for it; the address stays. */
export async function signIn(page: Page, person: WorldPerson): Promise<void> {
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** What a browser reports of a server that it has just found. */
async function look(endpoint: string) {
  const routes = ["GET /health", "GET /info", "GET /config"] as const;
  return Promise.all(
    routes.map(async (route) => {
      const response = await fetch(`${endpoint}${route.slice("GET ".length)}`, {
        // A server before this one has closed what was kept open.
        headers: { connection: "close" },
      });
      const body = (await response.json()) as Record<string, unknown>;
      return { route, status: response.status, body, credential: "none" as const };
    }),
  );
}

/** Its pages of the console may read it, as an instance is set up to let them. */
async function startAt(port: number, origin: string, served: Served): Promise<{ close(): Promise<void> }> {
  if ("python" in served) return startPythonServer({ ...served.python, allowedOrigin: origin, port });
  const silent = { error: () => undefined, warn: () => undefined, info: () => undefined };
  const os = new AgentOS({
    database: null,
    id: "agent-os",
    agents: [new Agent({ id: "shop", model: "offline:echo" })],
    logger: silent,
    ...served.ours,
    env: { ...served.ours.env, CORS_ORIGIN_LIST: origin },
  });
  return os.serve({ host: "127.0.0.1", port, printsPolicy: false });
}

function secretOf(link: string): string {
  return new URL(link).hash.replace("#link=", "");
}

/** None of those that the system hands out: the endpoint is the same before and after the fix, and nobody takes it. */
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
