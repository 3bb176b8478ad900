/** A console with an owner, and one address where different servers are put: what the stories of instances happen in. */
import { randomInt } from "node:crypto";
import { createServer } from "node:http";
import { createServer as createTcpServer, type Socket } from "node:net";
import { type ControlPlaneClient, createControlPlaneClient, createMemorySession } from "@agentos/client";
import { Agent, AgentOS, type AgentOSOptions } from "@agentos/server";
import { type PythonOptions, startPythonServer } from "@agentos/testkit";
import type { Page } from "../../tools/browser/drive.ts";
import { startConsole } from "./start-console.ts";

const PASSWORD = "correct horse battery";
const EMAIL = "ada@acme.example";

type Ours = Pick<AgentOSOptions, "authorization" | "authorizationConfig" | "env" | "id">;

/** One port of this machine, with a server behind it or none. */
export interface Place {
  readonly endpoint: string;
  /** An AgentOS of ours, whose pages of the console may read it. */
  putOurs(options?: Ours): Promise<void>;
  /** The same, and no page may read it. */
  putWithoutCors(): Promise<void>;
  putPython(options: Omit<PythonOptions, "port" | "allowedOrigin">): Promise<void>;
  /** Something that is no AgentOS, and that every page may read. */
  putStranger(): Promise<void>;
  /** Something that takes connections, and never answers. */
  putSilent(): Promise<void>;
  stop(): Promise<void>;
}

export interface InstanceWorld {
  readonly url: string;
  readonly owner: ControlPlaneClient;
  readonly organizationId: string;
  findPlace(): Promise<Place>;
  /** Connects it past the console. */
  connect(name: string, place: Place): Promise<string>;
  /** Opens a page of the console as the owner, by the form. */
  signIn(page: Page, path: string): Promise<void>;
  close(): Promise<void>;
}

export async function openInstanceWorld(): Promise<InstanceWorld> {
  const started = await startConsole({ allowedPrivateEndpoints: ["localhost", "127.0.0.1"] });
  const { url } = started;
  const owner = createControlPlaneClient({ baseUrl: url, session: createMemorySession() });
  const secret = new URL(await started.printOwnerLink()).hash.replace("#link=", "");
  const { memberships } = await owner.signIn.redeemLink({
    body: { secret, name: "Ada Lovelace", email: EMAIL, password: PASSWORD },
  });
  const organizationId = memberships[0]?.organization.id ?? "";
  const places: Place[] = [];
  const pages: Page[] = [];
  return {
    url,
    owner,
    organizationId,
    async findPlace() {
      const place = await createPlace(url);
      places.push(place);
      return place;
    },
    async connect(name, { endpoint }) {
      const organization = { organization_id: organizationId };
      const { id } = await owner.instances.create({ parameters: organization, body: { name, endpoint } });
      await owner.instances.connect({ parameters: { ...organization, instance_id: id } });
      return id;
    },
    async signIn(page, path) {
      pages.push(page);
      await page.goto(`${url}${path}`);
      await page.getByLabel("E-mail").fill(EMAIL);
      await page.getByLabel("Password").fill(PASSWORD);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("navigation", { name: "Breadcrumbs" }).waitFor();
    },
    async close() {
      // A page that is open goes on looking, and would find nobody there.
      await Promise.all(pages.map((page) => page.close()));
      await Promise.all(places.map((place) => place.stop()));
      await started.close();
    },
  };
}

async function createPlace(consoleOrigin: string): Promise<Place> {
  const port = await findPort();
  let running: { close(): Promise<void> } | undefined;
  const stop = async () => {
    await running?.close();
    running = undefined;
  };
  const put = async (start: () => Promise<{ close(): Promise<void> }>) => {
    await stop();
    running = await start();
  };
  const silent = { error: () => undefined, warn: () => undefined, info: () => undefined };
  const serve = (options: Ours, allowedOrigins: readonly string[]) =>
    new AgentOS({
      database: null,
      id: "shop",
      agents: [new Agent({ id: "echo", model: "offline:echo" })],
      env: {},
      logger: silent,
      cors: { allowedOrigins: [...allowedOrigins] },
      ...options,
    }).serve({ host: "127.0.0.1", port, printsPolicy: false });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    putOurs: (options = {}) => put(() => serve(options, [consoleOrigin])),
    putWithoutCors: () => put(() => serve({}, ["http://elsewhere.example"])),
    putPython: (options) => put(() => startPythonServer({ ...options, port, allowedOrigin: consoleOrigin })),
    putStranger: () =>
      put(async () => {
        const server = createServer((_request, response) => {
          response.writeHead(404, { "access-control-allow-origin": "*", "content-type": "text/html" });
          response.end("<h1>Not here</h1>");
        });
        await new Promise<void>((resolve) => void server.listen(port, "127.0.0.1", resolve));
        return {
          close: () =>
            new Promise<void>((resolve) => {
              server.close(() => resolve());
              server.closeAllConnections();
            }),
        };
      }),
    putSilent: () =>
      put(async () => {
        const sockets = new Set<Socket>();
        const server = createTcpServer((socket) => void sockets.add(socket.on("error", () => undefined)));
        await new Promise<void>((resolve) => void server.listen(port, "127.0.0.1", resolve));
        return {
          close: () =>
            new Promise<void>((resolve) => {
              server.close(() => resolve());
              for (const socket of sockets) socket.destroy();
            }),
        };
      }),
    stop,
  };
}

/** Time-outs of requests follow the clock of the page, which a story sets ahead. */
const TIMEOUTS_BY_CLOCK = `AbortSignal.timeout = (ms) => {
  const timeout = new AbortController();
  setTimeout(() => timeout.abort(new DOMException("", "TimeoutError")), ms);
  return timeout.signal;
}`;

/** From now on {@link lookAgain} makes time pass. */
export async function holdClock(page: Page): Promise<void> {
  await page.clock.install();
  await page.addInitScript(TIMEOUTS_BY_CLOCK);
}

/** The page looks at its instance every three seconds. */
export async function lookAgain(page: Page): Promise<void> {
  await page.clock.fastForward(3_000);
}

/** None of those that the system hands out, so that nobody takes it while nothing is there. */
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

/** What a shell has after the lines. */
export function readShell(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^export (\w+)='?([^'\n]*)'?$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
}
