/** A control plane: its options checked, its routes joined, and served. */
import { isLoopbackHost } from "@agentos/auth";
import type { DenialRecorder } from "@agentos/guard";
import { ConfigurationError, createLogger } from "@agentos/guard";
import { type Fetch, type RunningServer, serveOnNode } from "@agentos/guard/app";
import { findStorageOutage } from "@agentos/storage";
import { type ControlPlaneApp, createControlPlaneApp } from "../app/control-plane-app.ts";
import { createProxyWarning } from "../app/proxy-warning.ts";
import { createConsolePages } from "../pages/console-pages.ts";
import { createDiagnosisRoutes } from "../routes/diagnosis-routes.ts";
import { createInstancesRoutes } from "../routes/instances-routes.ts";
import { createKeysRoutes } from "../routes/keys-routes.ts";
import { createPeopleRoutes } from "../routes/people-routes.ts";
import { createShellRoutes } from "../routes/shell-routes.ts";
import { createSignInRoutes } from "../routes/sign-in-routes.ts";
import { findCause, Rejected } from "../store/rejected.ts";
import {
  type ControlPlaneOptions,
  DEFAULT_CONTROL_PLANE_PORT,
  type ResolvedControlPlane,
  resolveControlPlane,
} from "./control-plane-options.ts";
import { type ControlPlaneServices, openServices } from "./control-plane-services.ts";
import { createOriginReader } from "./read-console-origins.ts";

/** Where to listen. */
export interface ControlPlaneServeOptions {
  /** Address to listen on. Default: the host of the public address where that is this machine, else "127.0.0.1". */
  readonly host?: string | undefined;
  /** Port; 0 takes a free one. Default 7778. */
  readonly port?: number | undefined;
}

/** The backend of the console. */
export interface ControlPlane {
  /** Public address, without a slash at its end. */
  readonly url: string;
  /** Answers one request. Rejects only when the configuration cannot work. */
  readonly fetch: Fetch;
  /** Resolves when the database is open; rejects with a ConfigurationError that has every fault. */
  ready(): Promise<void>;
  /** Serves on Node. */
  serve(options?: ControlPlaneServeOptions): Promise<RunningServer>;
  /** Refusals of the control plane itself, for who operates it. */
  denials(): Promise<DenialRecorder>;
  /** Sends what is under way, and closes the database. */
  close(): Promise<void>;
}

interface Started {
  readonly app: ControlPlaneApp;
  readonly services: ControlPlaneServices;
  /** What answers: the console first, for what is a page or a file of it. */
  readonly fetch: Fetch;
}

/**
 * Checks the options. Throws a {@link ConfigurationError} with every fault at once; the database and the keys of the
 * installation are opened by `ready` and whatever else needs them.
 *
 * @example
 * const controlPlane = createControlPlane({ url: "https://console.example.com" });
 * await controlPlane.serve({ host: "0.0.0.0" });
 */
export function createControlPlane(options: ControlPlaneOptions = {}): ControlPlane {
  const resolved = resolveControlPlane(options);
  const { database: placed, cliCommand: cli, url } = resolved;
  if (placed === undefined || resolved.faults.some(({ severity }) => severity === "error"))
    throw new ConfigurationError({ faults: resolved.faults, cli });
  const logger = options.logger ?? createLogger();
  const clock = { now: () => Date.now() / 1_000 };
  let started: Started | undefined;
  let starting: Promise<Started> | undefined;
  const ready = () => (starting ??= start());

  async function start(): Promise<Started> {
    if (placed === undefined) throw new Error("INVARIANT: a database that is named wrongly stops the start");
    const services = await openServices({ resolved, placed, logger, now: () => clock.now() });
    const proxyWarning = createProxyWarning({ ...resolved, logger });
    proxyWarning.atStart();
    const app = createControlPlaneApp({
      cookieName: services.signIn.cookieName,
      readSession: services.signIn.readSession,
      handlers: joinHandlers(services, resolved),
      clock,
      logger,
      cliCommand: cli,
      trustedProxies: resolved.trustedProxies,
      proxyWarning,
      findOutage: findStorageOutage,
    });
    const pages = await createConsolePages({
      folder: resolved.consoleFolder,
      readConnectOrigins: createOriginReader({ ...services, logger }),
    });
    const fetch: Fetch = (request, env) => pages?.answer(request) ?? app.fetch(request, env);
    return (started = { services, app, fetch });
  }

  const fetch: Fetch = (request, env) =>
    started === undefined ? ready().then((now) => now.fetch(request, env)) : started.fetch(request, env);

  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    // What could not start has closed itself, and told whoever started it.
    await (await starting?.catch(() => undefined))?.services.close();
  };
  const close = (): Promise<void> => (closing ??= closeAll());

  return {
    url,
    fetch,
    close,
    ready: async () => {
      await ready();
    },
    denials: async () => (await ready()).app.denials,
    async serve({ host = findListenHost(url), port = DEFAULT_CONTROL_PLANE_PORT } = {}) {
      await ready();
      return serveOnNode(fetch, {
        host,
        port,
        drainSeconds: 10,
        loopbackOnly: undefined,
        drain: async () => undefined,
        onClose: close,
        logger,
      });
    },
  };
}

function findListenHost(publicUrl: string): string {
  const { hostname } = new URL(publicUrl);
  return isLoopbackHost(hostname) ? hostname.replace(/^\[|\]$/g, "") : "127.0.0.1";
}

function joinHandlers(
  services: ControlPlaneServices,
  { url: publicUrl, cliCommand, auditDays }: ResolvedControlPlane,
) {
  const { store, sender, minting, rotation, signIn, instances, localInstances, now } = services;
  return {
    ...createShellRoutes({ cliCommand }),
    ...createSignInRoutes({ signIn }),
    ...createPeopleRoutes({ store, publicUrl, auditDays }),
    ...createInstancesRoutes(instances),
    ...createKeysRoutes({
      ...minting,
      rotation,
      async refreshPolicy({ instanceId, ...caller }) {
        try {
          await instances.policyReader.read(caller, instanceId, { isFresh: true });
          return undefined;
        } catch (cause) {
          if (!(cause instanceof Rejected)) throw cause;
          return findCause(cause) ?? "it is asked too often";
        }
      },
    }),
    ...createDiagnosisRoutes({ store, localInstances, publicUrl, cliCommand, now, revocationSender: sender }),
  };
}
