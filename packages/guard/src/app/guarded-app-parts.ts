/** What a product adds to the guard: its routes, what it opens for them, and the handlers that answer them. */
import type { Authenticator, AuthPolicy, CompiledRoute, RevocationCheck } from "@agentos/auth";
import type { Fault, PageRouteId, RouteDefinition, SocketDefinition } from "@agentos/contract";
import type { ResolvedPolicy } from "../config/resolve-policy.ts";
import type { AuthResources, AuthRuntime } from "../gate/auth-runtime.ts";
import type { Runtime } from "../log/runtime.ts";
import type { GuardedAppOptions } from "./guarded-app-options.ts";
import type { LimitFault } from "./input-fault.ts";
import type { SocketActions } from "./join-sockets.ts";
import type { RouteHandler } from "./route-handler.ts";

/** A route that is served: who may call it by the rules in force, and how the API reference describes it. */
export interface DescribedRoute {
  readonly route: CompiledRoute;
  readonly definition: Pick<
    RouteDefinition,
    "tag" | "summary" | "query" | "headers" | "requestBody" | "responses"
  >;
}

/** What handlers are made of, anew for each policy that comes into force. */
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
  /** What clients may ask for over each socket. Default none. */
  readonly sockets?: SocketActions | undefined;
  /** Resolves when nothing runs any more; cancels the rest when the signal aborts. Default: nothing to wait for. */
  readonly drain?: ((signal: AbortSignal) => Promise<void>) | undefined;
}

/** What a product has opened for its handlers. It outlives a policy: the handlers of the next one get the same. */
export interface Opened extends AuthResources {
  /** Asked once, when no request is answered any more. */
  close(): Promise<void>;
}

/** What is known when a product opens what it needs. */
export interface OpenContext {
  /** The policy of the start. */
  readonly resolved: ResolvedPolicy;
  /** The policy in force, each time that it is asked for. */
  readonly policy: () => AuthPolicy;
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
  /** Where clients open WebSockets, by id. Default nowhere. */
  readonly sockets?: Readonly<Record<string, SocketDefinition>> | undefined;
  /** Opens what handlers need, once the keys have been judged. Rejects with a ConfigurationError. */
  readonly open: (context: OpenContext) => Promise<Resources>;
  /**
   * A handler for each of its routes, under one policy; asked again for each that replaces it. What has to live as long as
   * the server is opened.
   */
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
