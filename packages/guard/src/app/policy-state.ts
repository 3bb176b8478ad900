/**
 * One policy as it answers requests: keys, gate, handlers and router, made as a whole. A server swaps one for the next in
 * a single assignment, so that no request sees half of each; a request that has begun under one finishes under it.
 */
import type { Fault } from "@agentos/contract";
import type { ResolvedPolicy } from "../config/resolve-policy.ts";
import { type AuthResources, type AuthRuntime, createAuthRuntime } from "../gate/auth-runtime.ts";
import type { Runtime } from "../log/runtime.ts";
import { createResourceMetadata } from "../pages/resource-metadata.ts";
import { resourceOptions } from "../pages/resource-options.ts";
import type { CompiledPolicy } from "./compile-policy.ts";
import { createApp } from "./create-app.ts";
import { idOf } from "./custom-route.ts";
import { createDenialRoutes } from "./denial-routes.ts";
import type { Fetch } from "./fetch.ts";
import type { GuardedAppParts, Opened } from "./guarded-app-parts.ts";
import { type DeclaredRoutes, describeRoutes, joinHandlers } from "./join-routes.ts";
import { joinSockets } from "./join-sockets.ts";
import type { LimitLog } from "./limit-log.ts";
import { isOpened } from "./opened-routes.ts";
import type { OutageLog } from "./outage-log.ts";
import { createPageRoutes } from "./page-routes.ts";
import { createPolicyRoutes } from "./policy-routes.ts";
import type { RouteHandler } from "./route-handler.ts";
import { createSocketServer, type SocketServer } from "./socket-server.ts";

/** A policy that answers. */
export interface PolicyState {
  readonly resolved: ResolvedPolicy;
  readonly auth: AuthRuntime;
  readonly fetch: Fetch;
  readonly drain: (signal: AbortSignal) => Promise<void>;
  readonly sockets: SocketServer;
}

/** What outlives every policy of a server. */
export interface PolicySurroundings<Id extends string, Resources extends Opened> {
  readonly parts: GuardedAppParts<Id, Resources>;
  readonly declared: DeclaredRoutes;
  readonly runtime: Runtime;
  readonly limitLog: LimitLog;
  readonly outageLog: OutageLog;
  /** Opens what handlers need, or gives what is open; asked once the keys have been judged. */
  readonly open: () => Promise<Resources>;
  /** What the policy before recorded with, and this one goes on with. Undefined for the first. */
  readonly kept?: AuthResources | undefined;
}

/**
 * Judges the keys of a policy and builds all that answers under it. Rejects with a ConfigurationError that has every
 * fault, and leaves nothing behind then.
 */
export async function createPolicyState<Id extends string, Resources extends Opened>(
  { resolved, routes, socketRoutes, faults }: CompiledPolicy,
  { parts, declared, runtime, limitLog, outageLog, open, kept }: PolicySurroundings<Id, Resources>,
  otherFaults: readonly Fault[] = [],
): Promise<PolicyState> {
  const { options } = parts;
  const { policy, cliCommand } = resolved;
  const resourceMetadata = createResourceMetadata(resourceOptions(resolved, routes, options.name));
  const held: { resources?: Resources } = {};
  const auth = await createAuthRuntime(
    resolved,
    { routes, faults: [...faults, ...otherFaults] },
    {
      runtime,
      denialRecorder: options.denialRecorder,
      open: async () => ({ ...(held.resources = await open()), ...kept }),
      revocation: parts.revocation,
      authenticators: parts.authenticators,
      resourceMetadataUrl: resourceMetadata?.urlFor,
      limits: parts.limits,
    },
  );
  try {
    if (held.resources === undefined)
      throw new Error("INVARIANT: what handlers need is opened with the keys");
    const {
      handlers,
      sockets = {},
      drain = async () => undefined,
    } = parts.createHandlers(
      { resolved, runtime, auth, routes: describeRoutes(routes, declared) },
      held.resources,
    );
    const fetch = createApp({
      routes: joinHandlers(routes, declared, [
        ...Object.entries<RouteHandler>(handlers),
        ...Object.entries(createPageRoutes({ cliCommand, resourceMetadata })),
        ...Object.entries(
          createDenialRoutes({
            recorder: auth.denials,
            cliCommand,
            isOpen: policy.mode === "none",
            routes,
          }),
        ),
        ...Object.entries(
          createPolicyRoutes({
            describe: () => auth.describe(),
            algorithms: () => auth.algorithms(),
            keyCounter: auth.keyCounter,
            isBelieved: policy.mode === "none" && !isOpened(routes, "policy."),
          }),
        ),
        ...declared.customRoutes.map((route) => [idOf(route), route.handler] as const),
      ]),
      gate: auth.gate,
      connections: auth.connections,
      origins: policy,
      logger: runtime.logger,
      limitLog,
      outageLog,
      findOutage: parts.findOutage,
    });
    const socketServer = createSocketServer({
      routes: joinSockets(declared.sockets, sockets, { routes: socketRoutes, auth }),
      mode: policy.mode,
      // A clock that is set must neither end connections nor keep them.
      now: () => performance.now() / 1_000,
      limitLog,
      logger: runtime.logger,
    });
    return { resolved, auth, fetch, drain, sockets: socketServer };
  } catch (cause) {
    auth.close();
    throw cause;
  }
}
