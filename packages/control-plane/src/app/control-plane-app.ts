/** The application: the gate of every AgentOS in front of the control plane's own routes. */
import { randomUUID } from "node:crypto";
import { compileRoutes } from "@agentos/auth";
import { ADMIN_SCOPE } from "@agentos/contract";
import { CONTROL_PLANE_ROUTES, type ControlPlaneRouteId } from "@agentos/contract/control-plane";
import type { DenialRecorder, Logger } from "@agentos/guard";
import {
  type Clock,
  createApp,
  createClientFinder,
  createConnectionRegistry,
  createGate,
  createLimitLog,
  createMemoryDecisionCounter,
  createMemoryDenialRecorder,
  createMemoryKeyCounter,
  createOutageLog,
  type Fetch,
  guardedRequest,
  type LimitFault,
  logDenial,
} from "@agentos/guard/app";
import {
  createControlPlaneEngine,
  createControlPlanePolicy,
  type EngineOptions,
} from "./control-plane-engine.ts";
import { type ControlPlaneHandler, createRouteHandlers } from "./handler.ts";
import type { ProxyWarning } from "./proxy-warning.ts";
import { guardStrangers } from "./stranger-gate.ts";

export interface ControlPlaneAppOptions extends EngineOptions {
  readonly handlers: { readonly [Id in ControlPlaneRouteId]: ControlPlaneHandler<Id> };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly cliCommand: string;
  /** Addresses and ranges of the proxies that are believed. */
  readonly trustedProxies: readonly string[];
  readonly proxyWarning?: ProxyWarning | undefined;
  /** Of what a handler threw: what is lacking for a while, such as the database. */
  readonly findOutage: (error: unknown) => LimitFault | undefined;
}

export interface ControlPlaneApp {
  readonly fetch: Fetch;
  /** Refusals of the control plane itself, in bounded memory; each is in the log too. */
  readonly denials: DenialRecorder;
}

/** Creates it. */
export function createControlPlaneApp(options: ControlPlaneAppOptions): ControlPlaneApp {
  const { cookieName, readSession, clock, logger, cliCommand, findOutage } = options;
  const now = () => clock.now();
  const engine = createControlPlaneEngine({ cookieName, readSession });
  const denials = createMemoryDenialRecorder({
    generateId: randomUUID,
    onRecord: (record) => logDenial(logger, record),
  });
  const findClient = createClientFinder(options.trustedProxies);
  const policy = createControlPlanePolicy(cookieName);
  const gateOptions = {
    engine,
    recorder: denials,
    decisions: createMemoryDecisionCounter({ now }),
    keyCounter: createMemoryKeyCounter({ now }),
    // A handler asks again by itself, once the body is there.
    judge: () => undefined,
    findClient,
    now,
    cliCommand,
    notConfigured: new Set<never>(),
  };
  const gate = guardStrangers(createGate(gateOptions), gateOptions, policy);
  const { routes, faults } = compileRoutes(CONTROL_PLANE_ROUTES, {
    adminScope: ADMIN_SCOPE,
    scopeMappings: {},
    publicPaths: undefined,
    allowUnmappedRoutes: false,
  });
  if (faults.length > 0) throw new Error("INVARIANT: the routes of the control plane are in order");
  const byId = new Map(routes.map((route) => [route.id, route]));
  const connections = new WeakMap<Request, object>();
  const handlers = createRouteHandlers(options.handlers, {
    cliCommand,
    addressOf(request) {
      const guarded = guardedRequest(request, connections.get(request));
      return (findClient === undefined ? guarded : findClient(guarded)).clientAddress;
    },
    async checkAgain(id, { request, parameters }) {
      const route = byId.get(id);
      if (route === undefined) throw new Error(`INVARIANT: ${id} is a route`);
      return gate.check(guardedRequest(request, connections.get(request)), route, parameters);
    },
  });
  const runtime = { clock, logger, generateId: randomUUID };
  const app = createApp({
    routes: routes.map((route) => {
      const handler = handlers.get(route.id);
      if (handler === undefined) throw new Error(`INVARIANT: ${route.id} has a handler`);
      return { route, handler };
    }),
    gate,
    connections: createConnectionRegistry(logger),
    origins: policy,
    logger,
    limitLog: createLimitLog(runtime),
    outageLog: createOutageLog(runtime),
    findOutage,
  });
  return {
    denials,
    fetch(request, env) {
      if (env !== undefined) connections.set(request, env);
      options.proxyWarning?.onRequest(request, () => guardedRequest(request, env).clientAddress);
      return app(request, env);
    },
  };
}
