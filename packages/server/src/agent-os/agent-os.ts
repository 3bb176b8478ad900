/** `AgentOS`: agents behind an HTTP API, each request authorised or refused with its cause and fix. */
import { randomUUID } from "node:crypto";
import { type Access, compileGrants } from "@agentos/auth";
import {
  createFault,
  type Fault,
  type RouteDefinition,
  SERVED_ROUTES,
  type ServedRouteId,
} from "@agentos/contract";
import type { DenialRecorder } from "@agentos/guard";
import { ConfigurationError, createLogger, formatPolicy, type PolicyDescription } from "@agentos/guard";
import type { RouteHandler, Runtime } from "@agentos/guard/app";
import {
  type AuthRuntime,
  authModeOf,
  type CompiledAccessRules,
  canonicalize,
  compileAccess,
  createApp,
  createAuthRuntime,
  createErrorPage,
  createOptionFault,
  createResourceMetadata,
  createResourceMetadataRoute,
  findOptionFaults,
  jsonResponse,
  type ResolvedAuth,
  type ResourceMetadataService,
  type RunningServer,
  resolveAuth,
  resourceOptions,
  type ServeOptions,
  serveOnNode,
  throwErrors,
} from "@agentos/guard/app";
import { createOpenApi } from "../openapi/openapi.ts";
import { createRun, getAgent, listAgents } from "../routes/agents.ts";
import { createCoreRoutes } from "../routes/core.ts";
import { createDocsRoutes } from "../routes/docs.ts";
import type { Runnable } from "../runs/runnable.ts";
import { createRunService, type RunService } from "../runs/service.ts";
import { createMemoryRunStore } from "../stores/memory-run-store.ts";
import {
  type AgentOSOptions,
  agentOSOptionSource,
  agentOSOptionsSchema,
  type CustomRoute,
} from "./agent-os-options.ts";

interface Started {
  readonly app: ReturnType<typeof createApp>;
  readonly auth: AuthRuntime;
}

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
  readonly #options: AgentOSOptions;
  readonly #resolved: ResolvedAuth;
  readonly #runtime: Runtime;
  readonly #runs: RunService;
  readonly #customRoutes: readonly CustomRoute[];
  readonly #access: CompiledAccessRules;
  readonly #startedAt = new Date();
  #started: Started | undefined;
  readonly #ready: Promise<Started>;

  /** Checks the options. Throws a {@link ConfigurationError} with every fault at once; keys are judged by {@link ready}. */
  constructor(options: AgentOSOptions) {
    const parsed = agentOSOptionsSchema.safeParse(options);
    if (!parsed.success)
      throw new ConfigurationError({ faults: findOptionFaults(parsed.error, agentOSOptionSource) });
    const { agents = [], routes = [], logger } = parsed.data;
    this.#options = parsed.data;
    this.#resolved = resolveAuth(parsed.data, process.env);
    this.id = this.#resolved.id;
    this.#customRoutes = routes;
    this.#access = compileAccess(this.#resolved, [
      ...Object.values<RouteDefinition>(SERVED_ROUTES),
      ...this.#customRoutes,
    ]);
    throwErrors(
      [...this.#resolved.findings, ...this.#access.findings, ...this.#judgeRoutes(), ...judgeAgents(agents)],
      this.#resolved.cliCommand,
    );

    this.#runtime = {
      clock: { now: () => Date.now() / 1_000 },
      generateId: () => randomUUID(),
      logger: logger ?? createLogger(),
    };
    const { claimNames } = this.#resolved.policy;
    this.#runs = createRunService({
      store: createMemoryRunStore(),
      runtime: this.#runtime,
      claimOwned: claimNames,
    });
    this.#ready = this.#start();
    // Whoever serves or fetches gets the fault; a process that does neither must not die of it.
    this.#ready.catch(() => undefined);
  }

  /** Resolves when the keys are parsed and judged; rejects with a {@link ConfigurationError}. */
  async ready(): Promise<void> {
    await this.#ready;
  }

  /** Answers one request. Rejects only when the configuration cannot work. */
  readonly fetch = (request: Request, env?: object): Response | Promise<Response> => {
    if (this.#started !== undefined) return this.#started.app.fetch(request, env);
    return this.#ready.then(({ app }) => app.fetch(request, env));
  };

  /** Serves on Node. Default address: `AGENT_OS_HOST`, `AGENT_OS_PORT`, else localhost:7777. */
  async serve(options: ServeOptions = {}): Promise<RunningServer> {
    const { environment, mode, policy } = this.#resolved;
    const { auth } = await this.#ready;
    if (options.printsPolicy !== false) process.stderr.write(`${formatPolicy(auth.describe())}\n`);
    return serveOnNode(this.fetch, {
      host: options.host ?? environment.host ?? "localhost",
      port: options.port ?? environment.port ?? 7777,
      drainSeconds: options.drainSeconds ?? 25,
      loopbackOnly:
        mode === "none"
          ? "CONFIG_OPEN_BEYOND_LOOPBACK"
          : policy.verifiesSignature
            ? undefined
            : "CONFIG_UNVERIFIED_BEYOND_LOOPBACK",
      drain: (signal) => this.#runs.drain(signal),
      onClose: () => this.close(),
    });
  }

  /** The policy in force: mode, keys, audience, public routes, findings. */
  async describe(): Promise<PolicyDescription> {
    return (await this.#ready).auth.describe();
  }

  /** Refusals that were recorded, for who operates this server. */
  async denials(): Promise<DenialRecorder> {
    return (await this.#ready).auth.denials;
  }

  /** Stops watching key files. `serve(…).close()` does this too. */
  close(): void {
    this.#ready.then(({ auth }) => auth.close()).catch(() => undefined);
  }

  async #start(): Promise<Started> {
    const warnings =
      this.#resolved.publicPaths !== undefined && !this.#isPublic("GET /health")
        ? [createFault({ code: "CONFIG_HEALTH_NOT_PUBLIC" })]
        : [];
    const access = { ...this.#access, findings: [...this.#access.findings, ...warnings] };
    const resourceMetadata = createResourceMetadata(
      resourceOptions(this.#resolved, access.routes, this.#options.name),
    );
    const auth = await createAuthRuntime(this.#resolved, access, {
      runtime: this.#runtime,
      denialRecorder: this.#options.denialRecorder,
      resourceMetadataUrl: resourceMetadata?.urlFor,
    });
    const handlers = this.#createHandlers(resourceMetadata);
    const served = Object.keys(SERVED_ROUTES) as ServedRouteId[];
    const routes = access.routes.map((route, index) => {
      const id = served[index];
      const handler = id === undefined ? this.#customRoutes[index - served.length]?.handler : handlers[id];
      if (handler === undefined) throw new Error(`route without a handler: ${route.name}`);
      return { route, handler };
    });
    const app = createApp({
      routes,
      guard: auth.guard,
      allowedOrigins: this.#resolved.allowedOrigins,
      logger: this.#runtime.logger,
    });
    this.#started = { app, auth };
    return this.#started;
  }

  #createHandlers(
    resourceMetadata: ResourceMetadataService | undefined,
  ): Record<ServedRouteId, RouteHandler> {
    const { name, description, agents = [] } = this.#options;
    const { environment, cliCommand } = this.#resolved;
    const runs = this.#runs;
    const runtime = this.#runtime;
    const document = () =>
      createOpenApi({
        name: name ?? this.id,
        description,
        customRoutes: this.#customRoutes.map(withLabels),
        accessOf: (route) => this.#accessOf(route),
      });
    return {
      ...createCoreRoutes({
        id: this.id,
        name,
        description,
        agents,
        authMode: authModeOf(this.#resolved),
        algorithms: () => this.#started?.auth.describe().algorithms ?? [],
        startedAt: this.#startedAt,
      }),
      "core.error": createErrorPage(cliCommand),
      "core.resource": createResourceMetadataRoute(resourceMetadata),
      "agents.list": ({ access }) => listAgents(agents, access?.visible ?? "all"),
      "agents.read": ({ parameters }) => getAgent(agents, parameters["agent_id"] ?? ""),
      "agents.run": ({ request, parameters, access }) => {
        // Only an explicit rule of the operator makes this route public; a run still needs to belong to somebody.
        const caller = access ?? createAnonymousAccess(this.#resolved.policy.adminScope);
        return createRun({
          agents,
          agentId: parameters["agent_id"] ?? "",
          request,
          access: caller,
          runs,
          runtime,
        });
      },
      // Web UIs ask for teams before agents, and take a 404 for a broken server (contract 7.1).
      "teams.list": () => jsonResponse([]),
      "workflows.list": () => jsonResponse([]),
      ...createDocsRoutes(environment.areDocsEnabled, document),
    };
  }

  #isPublic(name: string): boolean {
    return this.#access.routes.some((route) => route.name === name && route.access === "public");
  }

  #accessOf(name: string): "public" | "authenticated" | readonly string[] {
    const access = this.#access.routes.find((route) => route.name === name)?.access;
    if (access === undefined || access === "unmapped") return "authenticated";
    return typeof access === "string" ? access : access.map(({ text }) => text);
  }

  #judgeRoutes(): readonly Fault[] {
    const names = [...Object.values<RouteDefinition>(SERVED_ROUTES), ...this.#customRoutes].map(shapeOf);
    const own = names.slice(Object.keys(SERVED_ROUTES).length);
    return this.#customRoutes.flatMap((route, index) => {
      const name = `${route.method} ${route.path}`;
      const isMapped = this.#access.routes.some(
        (compiled) => compiled.name === name && compiled.access !== "unmapped",
      );
      const isTaken = names.indexOf(own[index] ?? "") < names.length - own.length + index;
      const problem = judgePath(route.path);
      return [
        ...(problem === undefined
          ? []
          : [createFault({ code: "CONFIG_ROUTE_INVALID", facts: { route: name, problem } })]),
        ...(isMapped ? [] : [createFault({ code: "CONFIG_ROUTE_ACCESS_MISSING", facts: { route: name } })]),
        ...(isTaken ? [createFault({ code: "CONFIG_ROUTE_DUPLICATE", facts: { route: name } })] : []),
      ];
    });
  }
}

/** Two routes that differ only in the names of their parameters are one route. */
function shapeOf({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method} ${path.replace(/\{\w+\}/g, "{}")}`;
}

/** Why no request could reach a path, or why the router would read it otherwise than the guard. */
function judgePath(path: string): string | undefined {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  if (new Set(names).size < names.length) return "a parameter is named twice";
  const segments = path.slice(1).split("/");
  if (segments.some((segment) => !/^(\{\w+\}|[^{}:*]*)$/.test(segment)))
    return 'a segment is either "{name}" or text without "{", "}", ":" and "*"';
  const sample = path.replace(/\{\w+\}/g, "x");
  return canonicalize(sample) === sample ? undefined : "requests never have it in this spelling";
}

function withLabels(route: CustomRoute): {
  method: CustomRoute["method"];
  path: CustomRoute["path"];
  tag: string;
  summary: string;
} {
  return {
    method: route.method,
    path: route.path,
    tag: route.tag ?? "Application",
    summary: route.summary ?? route.path,
  };
}

function createAnonymousAccess(adminScope: string): Access {
  return {
    identity: {
      kind: "anonymous",
      userId: undefined,
      sessionId: undefined,
      scopes: [],
      grants: compileGrants([], adminScope),
      claims: {},
      dependencies: undefined,
      sessionState: undefined,
      expiresAt: undefined,
      notBefore: undefined,
      keyLabel: undefined,
    },
    visible: "all",
    dataScope: { kind: "all" },
    decision: undefined,
  };
}

function judgeAgents(agents: readonly Runnable[]): readonly Fault[] {
  const ids = agents.map(({ id }) => id);
  return ids.flatMap((id, index) =>
    ids.indexOf(id) === index
      ? []
      : [createOptionFault({ option: `agents[${index}].id`, problem: `"${id}" is used twice` })],
  );
}
