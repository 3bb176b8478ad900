/**
 * What an agent server and a control plane have in common: options resolved and judged, a route table compiled and
 * joined with its handlers by id, keys, denials, pages, and the server around it all.
 */
import { randomUUID } from "node:crypto";
import type { Authenticator, CompiledRoute, RevocationCheck } from "@agentos/auth";
import { createFault, type Fault, type PageRouteId, type RouteDefinition } from "@agentos/contract";
import { escapeLines } from "@agentos/contract/text";
import { throwErrors } from "../config/configuration-error.ts";
import type { PolicyInForce } from "../config/describe-policy.ts";
import { formatPolicy } from "../config/format-policy.ts";
import { findPublicOwnedFaults } from "../config/public-owned-faults.ts";
import { createReachFault } from "../config/reach-fault.ts";
import { type ResolvedPolicy, resolvePolicy } from "../config/resolve-policy.ts";
import type { DecisionCounter } from "../decisions/decision-counter.ts";
import type { DenialRecorder } from "../denials/denial-recorder.ts";
import { type AuthResources, type AuthRuntime, createAuthRuntime } from "../gate/auth-runtime.ts";
import { compileRoutesFor } from "../gate/compile-routes-for.ts";
import { createLogger } from "../log/log.ts";
import type { Runtime } from "../log/runtime.ts";
import { tellFindings } from "../log/tell-findings.ts";
import { createResourceMetadata } from "../pages/resource-metadata.ts";
import { resourceOptions } from "../pages/resource-options.ts";
import { type AppRoute, createApp } from "./create-app.ts";
import { type CustomRoute, findRouteFaults, idOf } from "./custom-route.ts";
import { createDenialRoutes } from "./denial-routes.ts";
import type { Fetch } from "./fetch.ts";
import type { GuardedAppOptions } from "./guarded-app-options.ts";
import type { LimitFault } from "./input-fault.ts";
import { createLimitLog } from "./limit-log.ts";
import { createOutageLog } from "./outage-log.ts";
import { createPageRoutes } from "./page-routes.ts";
import type { RouteHandler } from "./route-handler.ts";
import { type RunningServer, type ServeOptions, serveOnNode } from "./serve.ts";

/** A route that is served: who may call it by the rules in force, and how the API reference describes it. */
export interface DescribedRoute {
  readonly route: CompiledRoute;
  readonly definition: Pick<RouteDefinition, "tag" | "summary" | "query" | "requestBody" | "responses">;
}

/** What handlers are made of. */
export interface HandlerContext {
  readonly resolved: ResolvedPolicy;
  readonly runtime: Runtime;
  readonly auth: AuthRuntime;
  /** Every route that is served, those of the table first, each group in its order. */
  readonly routes: readonly DescribedRoute[];
}

/** The handlers of a product, and how what they have started comes to an end. */
export interface Handlers<Id extends string> {
  readonly handlers: Readonly<Record<Id, RouteHandler>>;
  /** Resolves when nothing runs any more; cancels the rest when the signal aborts. Default: nothing to wait for. */
  readonly drain?: ((signal: AbortSignal) => Promise<void>) | undefined;
}

/** What a product has opened for its handlers. */
export interface Opened extends AuthResources {
  /** Asked once, when no request is answered any more. */
  close(): Promise<void>;
}

/** What is known when a product opens what it needs. */
export interface OpenContext {
  readonly resolved: ResolvedPolicy;
  readonly runtime: Runtime;
  /** Somebody only looks at the configuration: nothing is opened or made that outlives this process. */
  readonly isExamined: boolean;
}

/** For a product that needs nothing. */
export const openNothing = async (): Promise<Opened> => ({ close: async () => undefined });

/** What one product adds. */
export interface GuardedAppParts<Id extends string, Resources extends Opened = Opened> {
  /** Checked options. */
  readonly options: GuardedAppOptions;
  /** Its routes by id; the pages of the guard are among them. */
  readonly table: Readonly<Record<Id | PageRouteId, RouteDefinition>>;
  /** Opens what handlers need, once the keys have been judged. Rejects with a ConfigurationError. */
  readonly open: (context: OpenContext) => Promise<Resources>;
  /** A handler for each of its routes. */
  readonly createHandlers: (
    context: HandlerContext,
    resources: Resources,
  ) => Handlers<Exclude<Id, PageRouteId>>;
  /** Of what a handler threw: what the server lacks for a while, such as its database. Default: all are faults of ours. */
  readonly findOutage?: ((error: unknown) => LimitFault | undefined) | undefined;
  /** Limits in force by the name of their option, where an operator has chosen some; shown with the policy. Default: none. */
  readonly limits?: Readonly<Record<string, number>> | undefined;
  /** What else is wrong with the options and the environment, to be told together with the rest. Default: nothing. */
  readonly findFaults?: ((resolved: ResolvedPolicy) => readonly Fault[]) | undefined;
  /** Asked of every identity, on every request; answers from memory. Default: nothing is revoked. */
  readonly revocation?: RevocationCheck | undefined;
  /** Credentials of the product's own, asked before those that the options configure. Default: none. */
  readonly authenticators?: readonly Authenticator[] | undefined;
  /** Port to serve on where neither options nor environment name one. */
  readonly defaultPort: number;
}

/** A server that can be asked in process, and served. */
export interface GuardedApp {
  readonly id: string;
  /**
   * Resolves when the keys are judged and everything is open; rejects with a ConfigurationError. Nothing is opened before
   * this, or whatever else needs it, is called. `isExamined`, in the first call: somebody only looks at the configuration,
   * so nothing is opened or made that outlives this process.
   */
  ready(options?: { readonly isExamined?: boolean }): Promise<void>;
  /** Answers one request; `env` is what the host knows of the connection. Rejects only when the configuration cannot work. */
  readonly fetch: Fetch;
  /** Serves on Node. Default address: that of the environment, else localhost and the default port. */
  serve(options?: ServeOptions): Promise<RunningServer>;
  /** The policy in force now. */
  describe(): Promise<PolicyInForce>;
  /** Refusals that were recorded. */
  denials(): Promise<DenialRecorder>;
  /** How often whom was allowed and refused what. */
  decisions(): Promise<DecisionCounter>;
  /**
   * Stops watching key files, cancels what still runs and closes what was opened; no request is answered any more. A second
   * call does nothing more.
   */
  close(): Promise<void>;
}

interface Started {
  readonly fetch: Fetch;
  readonly auth: AuthRuntime;
  readonly opened: Opened;
  readonly drain: (signal: AbortSignal) => Promise<void>;
}

/** Builds a server. Throws a ConfigurationError with every fault at once; those of keys come with `ready`. */
export function createGuardedApp<Id extends string, Resources extends Opened = Opened>(
  parts: GuardedAppParts<Id, Resources>,
): GuardedApp {
  const { options, table } = parts;
  const customRoutes = options.routes ?? [];
  const resolved = resolvePolicy(options, process.env);
  const compiled = compileRoutesFor(resolved, {
    ...table,
    ...Object.fromEntries(customRoutes.map((route) => [idOf(route), route])),
  });
  const faults = [
    ...compiled.faults,
    ...findHealthWarning(resolved, compiled.routes),
    ...findPublicOwnedFaults(resolved, compiled.routes),
  ];
  throwErrors(
    [
      ...resolved.faults,
      ...faults,
      ...findRouteFaults(customRoutes, compiled.routes),
      ...(parts.findFaults?.(resolved) ?? []),
    ],
    resolved.cliCommand,
  );
  const runtime: Runtime = {
    clock: { now: () => Date.now() / 1_000 },
    generateId: () => randomUUID(),
    logger: options.logger ?? createLogger(),
  };

  let started: Started | undefined;
  let starting: Promise<Started> | undefined;
  const ready = (isExamined = false): Promise<Started> => (starting ??= start(isExamined));

  async function start(isExamined: boolean): Promise<Started> {
    const held: { resources?: Resources } = {};
    try {
      const auth = await createAuth(
        async () => (held.resources = await parts.open({ resolved, runtime, isExamined })),
      );
      if (held.resources === undefined)
        throw new Error("INVARIANT: what handlers need is opened with the keys");
      started = createStarted(auth, held.resources);
      return started;
    } catch (cause) {
      await held.resources?.close();
      throw cause;
    }
  }

  const resourceMetadata = createResourceMetadata(resourceOptions(resolved, compiled.routes, options.name));

  function createAuth(open: () => Promise<Resources>): Promise<AuthRuntime> {
    return createAuthRuntime(
      resolved,
      { routes: compiled.routes, faults },
      {
        runtime,
        denialRecorder: options.denialRecorder,
        open,
        revocation: parts.revocation,
        authenticators: parts.authenticators,
        resourceMetadataUrl: resourceMetadata?.urlFor,
        limits: parts.limits,
      },
    );
  }

  function createStarted(auth: AuthRuntime, opened: Resources): Started {
    const { routes } = compiled;
    const { handlers, drain = async () => undefined } = parts.createHandlers(
      { resolved, runtime, auth, routes: describeRoutes(routes, { table, customRoutes }) },
      opened,
    );
    const fetch = createApp({
      routes: joinHandlers(routes, findTraits(table, customRoutes), [
        ...Object.entries<RouteHandler>(handlers),
        ...Object.entries(createPageRoutes({ cliCommand: resolved.cliCommand, resourceMetadata })),
        ...Object.entries(
          createDenialRoutes({
            recorder: auth.denials,
            cliCommand: resolved.cliCommand,
            isOpen: resolved.policy.mode === "none",
            routes,
          }),
        ),
        ...customRoutes.map((route) => [idOf(route), route.handler] as const),
      ]),
      gate: auth.gate,
      connections: auth.connections,
      origins: resolved.policy,
      logger: runtime.logger,
      limitLog: createLimitLog(runtime),
      outageLog: createOutageLog(runtime),
      findOutage: parts.findOutage,
    });
    return { fetch, auth, opened, drain };
  }

  let closing: Promise<void> | undefined;
  async function closeAll(): Promise<void> {
    // What could not start has closed itself, and told whoever started it.
    const app = await starting?.catch(() => undefined);
    app?.auth.close();
    // Whoever only asked it in process has waited for nothing: what runs is cancelled, and kept as that.
    await app?.drain(AbortSignal.abort(new Error("the server was closed")));
    await app?.opened.close();
  }
  const close = (): Promise<void> => (closing ??= closeAll());

  let areFindingsTold = false;
  const fetch: GuardedApp["fetch"] = (request, env) => {
    if (started === undefined) return ready().then(() => fetch(request, env));
    if (!areFindingsTold) tell(started);
    return started.fetch(request, env);
  };

  /** Nobody who only embeds this server sees its policy: what is doubtful about it is in the log, once. */
  function tell({ auth }: Started): void {
    areFindingsTold = true;
    tellFindings(runtime.logger, auth.describe().findings);
  }

  return {
    id: resolved.policy.id,
    fetch,
    close,
    ready: async ({ isExamined } = {}) => {
      await ready(isExamined);
    },
    async serve(serveOptions = {}) {
      const { environment } = resolved;
      const { host: hostFault, port: portFault } = environment.addressFaults;
      throwErrors(
        [
          ...(serveOptions.host === undefined && hostFault !== undefined ? [hostFault] : []),
          ...(serveOptions.port === undefined && portFault !== undefined ? [portFault] : []),
        ],
        resolved.cliCommand,
      );
      const host = serveOptions.host ?? environment.host ?? "localhost";
      const app = await ready();
      const { printsPolicy = true, isPolicyShown = false } = serveOptions;
      if (printsPolicy && !isPolicyShown)
        process.stderr.write(escapeLines(`${formatPolicy(app.auth.describe())}\n`));
      else if (!areFindingsTold && !isPolicyShown) tell(app);
      areFindingsTold = true;
      return serveOnNode(fetch, {
        host,
        port: serveOptions.port ?? environment.port ?? parts.defaultPort,
        drainSeconds: serveOptions.drainSeconds ?? 25,
        loopbackOnly: createReachFault(resolved, host),
        drain: app.drain,
        onClose: close,
        logger: runtime.logger,
      });
    },
    describe: async () => (await ready()).auth.describe(),
    denials: async () => (await ready()).auth.denials,
    decisions: async () => (await ready()).auth.decisions,
  };
}

/** Each route with the handler of its id; the last of an id counts. */
function joinHandlers(
  routes: readonly CompiledRoute[],
  traits: (route: CompiledRoute) => Omit<AppRoute, "route" | "handler">,
  handlers: Iterable<readonly [id: string, handler: RouteHandler]>,
): readonly AppRoute[] {
  const byId = new Map(handlers);
  return routes.map((route) => {
    const handler = byId.get(route.id);
    if (handler === undefined) throw new Error(`route without a handler: ${route.id}`);
    return { route, handler, ...traits(route) };
  });
}

/** What is particular about a route beside who may call it. One of the application may answer with anything, streams too. */
function findTraits(
  table: Readonly<Record<string, RouteDefinition>>,
  customRoutes: readonly CustomRoute[],
): (route: CompiledRoute) => Omit<AppRoute, "route" | "handler"> {
  const custom = new Set(customRoutes.map(idOf));
  return ({ id, access }) => {
    const { responses = {}, isCallerRead = false } = (custom.has(id) ? undefined : table[id]) ?? {};
    const hasEvents = Object.values(responses).some(({ events }) => events !== undefined);
    return {
      isStreaming: hasEvents || custom.has(id),
      // Where an operator has closed it, who calls is known anyway.
      isCallerRead: isCallerRead && access.rule === "public",
    };
  };
}

/** What the API reference says about each route that is served. */
function describeRoutes(
  routes: readonly CompiledRoute[],
  declared: {
    readonly table: Readonly<Record<string, RouteDefinition>>;
    readonly customRoutes: readonly CustomRoute[];
  },
): readonly DescribedRoute[] {
  const definitions = new Map<string, DescribedRoute["definition"]>([
    ...Object.entries(declared.table),
    ...declared.customRoutes.map((route) => {
      const { tag = "Application", summary = route.path } = route;
      return [idOf(route), { tag, summary }] as const;
    }),
  ]);
  return routes.flatMap((route) => {
    const definition = definitions.get(route.id);
    return definition === undefined ? [] : [{ route, definition }];
  });
}

/** A configured list of public paths that leaves out the route that probes ask for. */
function findHealthWarning(
  { rules: { publicPaths } }: ResolvedPolicy,
  routes: readonly CompiledRoute[],
): readonly Fault[] {
  const health = routes.find(({ name }) => name === "GET /health");
  return publicPaths === undefined || health === undefined || health.access.rule === "public"
    ? []
    : [createFault({ code: "CONFIG_HEALTH_NOT_PUBLIC" })];
}
