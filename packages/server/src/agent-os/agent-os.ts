/** `AgentOS`: agents behind an HTTP API, each request authorised or refused with its cause and fix. */
import {
  DEFAULT_PORT,
  type Fault,
  type PageRouteId,
  type RunnableKind,
  SERVED_ROUTES,
  type ServedRouteId,
  SOCKETS,
} from "@agentos/contract";
import {
  ConfigurationError,
  type DecisionCounter,
  type DenialRecorder,
  type PolicyInForce,
  type PolicyOptions,
} from "@agentos/guard";
import {
  createGuardedApp,
  type Fetch,
  findOptionFaults,
  type GuardedApp,
  type HandlerContext,
  type Handlers,
  isOpened,
  type OpenContext,
  type ResolvedPolicy,
  type RunningServer,
  type ServeOptions,
} from "@agentos/guard/app";
import { findStorageOutage, isPassingFault } from "@agentos/storage";
import { createMemoryService, type MemoryService } from "../memories/memory-service.ts";
import { createOpenApiReader } from "../openapi/openapi.ts";
import { createAgentsRoutes } from "../routes/agents.ts";
import { createCoreRoutes } from "../routes/core.ts";
import { createDocsRoutes } from "../routes/docs.ts";
import { createMemoriesRoutes } from "../routes/memories.ts";
import { createRevocationsRoutes } from "../routes/revocations.ts";
import { createSessionsRoutes } from "../routes/sessions.ts";
import { createTeamsRoutes } from "../routes/teams.ts";
import { createWorkflowSocket } from "../routes/workflow-socket.ts";
import { createWorkflowsRoutes } from "../routes/workflows.ts";
import type { Runnable } from "../runs/runnable.ts";
import { createRunService, type RunService } from "../runs/service.ts";
import { createSessionService } from "../sessions/session-service.ts";
import {
  type AgentOSOptions,
  agentOSOptionSource,
  agentOSOptionsSchema,
  findAgentFaults,
} from "./agent-os-options.ts";
import {
  DEFAULT_DATABASE_ID,
  type ResolvedDatabase,
  resolveDatabase,
  resolveRetention,
} from "./database-options.ts";
import { rememberDatabase } from "./known-databases.ts";
import {
  findStoredFaults,
  resolveBytesPerOwner,
  resolveDatabaseLimits,
  resolveLimits,
  resolveQueueLimits,
  resolveRunLimits,
  resolveStoreLimits,
} from "./limit-options.ts";
import { openStores, type Stores } from "./open-stores.ts";

/**
 * An agent server.
 *
 * @example
 * const os = new AgentOS({ id: "shop", agents: [agent], authorization: true });
 * await os.serve({ port: 7777 });
 */
export class AgentOS {
  /**
   * The `id` of the options, else "agno-agentos": the audience that tokens must name unless another one is configured.
   */
  readonly id: string;
  /**
   * Answers one request. Rejects only when the configuration cannot work. `env` is what the host knows of the connection:
   * an adapter for Node gives its own, and whoever calls without one names the peer, as `{ clientAddress: "127.0.0.1" }`
   * for a caller in this process. A server without credentials refuses whom it knows no address of.
   *
   * @example
   * const answer = await os.fetch(new Request("http://localhost/agents"), { clientAddress: "127.0.0.1" });
   * Deno.serve((request, { remoteAddr }) => os.fetch(request, { clientAddress: remoteAddr.hostname }));
   */
  readonly fetch: Fetch;
  readonly #app: GuardedApp;

  /**
   * Checks the options. Throws a {@link ConfigurationError} with every fault at once; keys are judged, and the database is
   * opened, by {@link ready} and whatever else needs them.
   */
  constructor(options: AgentOSOptions) {
    const parsed = agentOSOptionsSchema.safeParse(options);
    if (!parsed.success)
      throw new ConfigurationError({
        faults: findOptionFaults(parsed.error, { ...agentOSOptionSource, given: options }),
      });
    const startedAt = new Date();
    const workingDirectory = process.cwd();
    const { limits } = parsed.data;
    const isInMemory = parsed.data.database === null;
    const findDatabase = ({ policy: { id }, environment }: ResolvedPolicy) =>
      resolveDatabase(parsed.data.database, {
        databaseUrl: environment.databaseUrl,
        directUrl: environment.databaseDirectUrl,
        id,
        workingDirectory,
      });
    this.#app = createGuardedApp<ServedRouteId, Services>({
      options: parsed.data,
      table: SERVED_ROUTES,
      sockets: SOCKETS,
      findFaults: (resolved) => {
        const database = findDatabase(resolved);
        if (!("code" in database)) rememberDatabase(this, database);
        return [
          ...findAgentFaults(parsed.data.agents ?? []),
          ...("code" in database ? [database] : []),
          ...(isInMemory ? findStoredFaults(limits) : []),
        ];
      },
      limits: limits && (isInMemory ? resolveLimits(limits) : resolveDatabaseLimits(limits)),
      defaultPort: DEFAULT_PORT,
      open: async (context) => {
        const stores = await openStores(
          {
            database: requireResolved(findDatabase(context.resolved)),
            limits: resolveStoreLimits(limits),
            maxBytesPerOwner: resolveBytesPerOwner(limits),
            retention: resolveRetention(parsed.data.retention),
          },
          context,
        );
        return createServices({ options: parsed.data, stores }, context);
      },
      createHandlers: (context, services) =>
        createHandlers({ options: parsed.data, startedAt, services }, context),
      findOutage: findStorageOutage,
    });
    this.id = this.#app.id;
    this.fetch = this.#app.fetch;
  }

  /**
   * Resolves when the keys are parsed and judged and the database is open; rejects with a {@link ConfigurationError}.
   * `isExamined`, in the first call: somebody only looks at the configuration, so no database is opened or made.
   */
  ready(options: { readonly isExamined?: boolean } = {}): Promise<void> {
    return this.#app.ready(options);
  }

  /** Serves on Node. Default address: `AGENT_OS_HOST`, `AGENT_OS_PORT`, else localhost:7777. */
  serve(options: ServeOptions = {}): Promise<RunningServer> {
    return this.#app.serve(options);
  }

  /** The policy in force: mode, keys, audience, public routes, findings. */
  describe(): Promise<PolicyInForce> {
    return this.#app.describe();
  }

  /**
   * Puts another policy in force while the server runs: authorization, keys, issuers, rules over the routes, origins. It is
   * a whole: what is left out has its default, and the `id` stays. Keys are loaded and judged first; with any fault this
   * rejects with a {@link ConfigurationError} that has all of them, and the policy before stays in force. Requests under
   * way finish under the policy that they began with, but nothing begins with a body that arrives later from a caller whom
   * the new one shuts out; every request after this has resolved is judged by the new one. Sessions, runs and recorded refusals stay.
   *
   * @example
   * await os.replacePolicy({ authorization: true, authorizationConfig: { verificationKeys: [newKey] } });
   */
  replacePolicy(options: PolicyOptions): Promise<void> {
    return this.#app.replacePolicy(options);
  }

  /** Refusals that were recorded, for who operates this server. */
  denials(): Promise<DenialRecorder> {
    return this.#app.denials();
  }

  /** How often whom was allowed and refused what, hour by hour. */
  decisions(): Promise<DecisionCounter> {
    return this.#app.decisions();
  }

  /**
   * Stops watching key files, cancels the runs that are left and closes the database. `serve(…).close()` does this too,
   * after the last answer.
   */
  close(): Promise<void> {
    return this.#app.close();
  }
}

const REVOKED = "the credential that it was started with has been revoked";

interface ServiceParts {
  readonly options: AgentOSOptions;
  readonly stores: Stores;
}

/** What lives as long as the server, whatever policy is in force. */
interface Services extends Stores {
  readonly memoryService: MemoryService;
  readonly runService: RunService;
}

interface HandlerParts {
  readonly options: AgentOSOptions;
  readonly startedAt: Date;
  readonly services: Services;
}

/** What is wrong with it has stopped the start. */
function requireResolved(database: ResolvedDatabase | Fault): ResolvedDatabase {
  if ("code" in database) throw new Error("INVARIANT: a database that is named wrongly stops the start");
  return database;
}

/** What goes on between requests, and outlives a policy. */
function createServices({ options, stores }: ServiceParts, { policy, runtime }: OpenContext): Services {
  const { revocations } = stores;
  const memories = createMemoryService({ store: stores.memories, runtime });
  const runs = createRunService({
    store: stores.runs,
    runtime,
    claimOwned: () => policy().claimNames,
    memoriesOf: (run) => memories.ofRun(run),
    isPassing: isPassingFault,
    limits: resolveRunLimits(options.limits),
    queueLimits: resolveQueueLimits(options.limits),
    runnables: options.agents ?? [],
    adminScope: () => policy().adminScope,
    hints: stores.hints,
    countNodes: stores.liveNodes,
    isRevoked: (caller) => revocations.readAndAsk(caller),
    isKnownAsRevoked: (caller) => revocations.isRevoked(caller),
  });
  revocations.onRevoked(() => runs.stopRunsOf(revocations.isRevoked, new Error(REVOKED)));
  revocations.watch(() => runs.activeRuns > 0);
  return { ...stores, memoryService: memories, runService: runs };
}

/** What answers the routes of an agent server under one policy; the guard answers for its own pages. */
function createHandlers(
  { options, startedAt, services: stores }: HandlerParts,
  { resolved, runtime, auth, routes }: HandlerContext,
): Handlers<Exclude<ServedRouteId, PageRouteId>> {
  const { name, description, agents = [], databaseId = DEFAULT_DATABASE_ID } = options;
  const { policy, environment } = resolved;
  const { id, mode } = policy;
  const { memoryService: memories, runService: runs } = stores;
  const components = new Map<RunnableKind, ReadonlyMap<string, Runnable>>([
    ["agent", new Map(agents.map((agent) => [agent.id, agent]))],
  ]);
  return {
    handlers: {
      ...createCoreRoutes({
        id,
        name,
        description,
        agents,
        databaseId,
        authMode: mode,
        algorithms: () => auth.algorithms(),
        startedAt,
      }),
      ...createAgentsRoutes({ agents, databaseId, runs, store: stores.runs, runtime }),
      ...createMemoriesRoutes({ memories, store: stores.memories, agents, runs, runtime, databaseId }),
      ...createSessionsRoutes({
        sessions: createSessionService({ store: stores.runs, runs, runtime }),
        store: stores.runs,
        databaseId,
        findComponent: (kind, componentId) => components.get(kind)?.get(componentId),
        runtime,
      }),
      ...createRevocationsRoutes({
        revocations: auth.revocations,
        // Once other servers know it, so that none adds to what waits.
        onRevoked: () => void runs.endRevoked(),
        policy,
        isBelieved:
          mode === "none" &&
          !isOpened(
            routes.map(({ route }) => route),
            "revocations.",
          ),
        runtime,
      }),
      ...createTeamsRoutes(),
      ...createWorkflowsRoutes(),
      ...createDocsRoutes({
        isEnabled: environment.areDocsEnabled,
        readDocument: createOpenApiReader({ name: name ?? id, description, routes }),
        mayReach: (identity, route) => auth.gate.mayReach(identity, route),
      }),
    },
    sockets: { "workflows.socket": createWorkflowSocket() },
    drain: (signal) => runs.drain(signal),
  };
}
