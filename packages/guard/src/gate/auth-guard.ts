/**
 * The guard alone, for an application that has its own server: the same verification, scopes, refusals and denial
 * records as an AgentOS, without agents. Each host under `hosts/` puts it in front of one kind of server.
 */
import { randomUUID } from "node:crypto";
import type { CompiledRoute, RevocationCheck } from "@agentos/auth";
import {
  type CustomScope,
  createFault,
  type Fault,
  type ResourceMetadata,
  type RouteAccess,
  renderFault,
  splitParameters,
  type Template,
} from "@agentos/contract";
import { z } from "zod";
import { type AuthOptions, authOptionsShape } from "../config/auth-options.ts";
import { ConfigurationError, throwErrors } from "../config/configuration-error.ts";
import type { PolicyInForce } from "../config/describe-policy.ts";
import { createOptionFault, findOptionFaults } from "../config/option-faults.ts";
import { nameOption } from "../config/option-names.ts";
import { findNoCredentialFaults } from "../config/reach-fault.ts";
import { type ResolvedPolicy, resolvePolicy } from "../config/resolve-policy.ts";
import type { DecisionCounter } from "../decisions/decision-counter.ts";
import type { DenialRecorder } from "../denials/denial-recorder.ts";
import { createLogger } from "../log/log.ts";
import type { Logger } from "../log/runtime.ts";
import { tellFindings } from "../log/tell-findings.ts";
import { renderErrorPage } from "../pages/error-page.ts";
import { createResourceMetadata } from "../pages/resource-metadata.ts";
import { resourceOptions } from "../pages/resource-options.ts";
import { createAuthRuntime } from "./auth-runtime.ts";
import { callerAccessSchema } from "./caller-access.ts";
import { compileRoutesFor } from "./compile-routes-for.ts";
import type { GuardedRequest, GuardOutcome } from "./gate.ts";

/** Options of {@link createAuthGuard}. */
export interface AuthGuardOptions extends AuthOptions {
  /** Where the operator reads. Default: JSON lines on standard error, credentials replaced. */
  readonly logger?: Logger | undefined;
  /** Where refusals are kept. Default: bounded memory. */
  readonly denialRecorder?: DenialRecorder | undefined;
  /** Asked of every identity, on every request; answers from memory. Default: nothing is revoked. */
  readonly revocation?: RevocationCheck | undefined;
  /**
   * The application serves `resourceMetadata(host)` of the guard at `/.well-known/oauth-protected-resource`, so that
   * refusals may name that address in their challenge (RFC 9728 section 5.1). Default false.
   */
  readonly servesResourceMetadata?: boolean | undefined;
}

/** A route of the application that the guard protects. */
export interface ProtectedRoute {
  /** Checks one request. `parameters` are the decoded path parameters, for scopes such as `reports:{id}:read`. */
  check(
    request: GuardedRequest,
    parameters?: Readonly<Record<string, string | undefined>>,
  ): GuardOutcome | Promise<GuardOutcome>;
}

/** A guard whose keys have been parsed and judged. */
export interface AuthGuard {
  /** Protects a route: "authenticated", or the scopes that are all required. */
  protect(access: Exclude<RouteAccess<CustomScope>, "public">): ProtectedRoute;
  /**
   * The page that the `type` of a refusal points to, as `/errors/CODE`; undefined for an unknown code. Serve it there
   * with {@link ERROR_PAGE_HEADERS}.
   */
  errorPage(code: string): string | undefined;
  /**
   * Protected resource metadata (RFC 9728): whom to ask for a token, and the scopes of the protected routes. `host` is
   * the Host header of the request; serve the answer with `Cache-Control: no-store`. Undefined without an OAuth issuer,
   * and for a host that cannot be one.
   */
  resourceMetadata(host: string | null): ResourceMetadata | undefined;
  /** The policy in force now. */
  describe(): PolicyInForce;
  /** Refusals that were recorded, for whoever operates this server. */
  readonly denials: DenialRecorder;
  /** How often whom was allowed and refused what, in bounded memory. */
  readonly decisions: DecisionCounter;
  /** Stops watching key files. */
  close(): void;
}

const NO_ACCESS = createOptionFault({
  option: "protect",
  problem: "is neither a list of scopes nor a word that it knows",
  suggestion: 'give it "authenticated" for every verified caller, or a list of at least one scope',
});

/** Routes whose scopes the metadata of the resource name. An application has some; only made-up ones have no end. */
const MAX_DESCRIBED_ROUTES = 1_000;

const optionsSchema = z.strictObject({
  ...authOptionsShape,
  logger: z.unknown().optional(),
  denialRecorder: z.unknown().optional(),
  revocation: z
    .custom<RevocationCheck>((value) => typeof value === "function", "must be a function")
    .optional(),
  servesResourceMetadata: z.boolean().optional(),
});

/**
 * Creates a guard; its keys are parsed and judged before it is there. Rejects with a {@link ConfigurationError} that
 * has every fault.
 *
 * @example
 * const guard = await createAuthGuard({ id: "reports", authorization: true, authorizationConfig: { verificationKeys: [pem] } });
 * app.get("/reports", protect(guard, [customScope("reports:read")]), listReports);
 */
export async function createAuthGuard(options: AuthGuardOptions): Promise<AuthGuard> {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success)
    throw new ConfigurationError({
      faults: findOptionFaults(parsed.error, { schema: optionsSchema, given: options }),
    });
  const resolved = withoutInfo(resolvePolicy(options, process.env));
  throwErrors([...resolved.faults, ...findGuardFaults(resolved)], resolved.cliCommand);
  const logger = options.logger ?? createLogger();
  const runtime = { clock: { now: () => Date.now() / 1_000 }, generateId: () => randomUUID(), logger };
  /** By their scopes: a handler may protect the same again with every request, or another item with each. */
  const routes = new Map<string, CompiledRoute>();
  const metadata = () => createResourceMetadata(resourceOptions(resolved, [...routes.values()], undefined));
  const auth = await createAuthRuntime(
    resolved,
    { routes: [], faults: [] },
    {
      runtime,
      denialRecorder: options.denialRecorder,
      revocation: options.revocation,
      resourceMetadataUrl:
        options.servesResourceMetadata === true ? (host) => metadata()?.urlFor(host) : undefined,
    },
  );
  tellFindings(logger, auth.describe().findings);
  return {
    protect(access) {
      if (!callerAccessSchema.safeParse(access).success) throwErrors([NO_ACCESS], resolved.cliCommand);
      const protectedRoute = { method: "ANY", path: nameAccess(access), access };
      const compiled = compileRoutesFor(resolved, { protected: protectedRoute });
      throwErrors(compiled.faults, resolved.cliCommand);
      const [route] = compiled.routes;
      if (route === undefined) throw new Error("a route compiles to a route");
      if (!routes.has(route.name) && routes.size < MAX_DESCRIBED_ROUTES) {
        routes.set(route.name, route);
        // Once, however often a handler protects the same.
        tellFindings(
          logger,
          compiled.faults.map((fault) => renderFault(fault, resolved.cliCommand)),
        );
      }
      return { check: (request, parameters = {}) => auth.gate.check(request, route, parameters) };
    },
    errorPage: (code) => renderErrorPage(code, resolved.cliCommand),
    resourceMetadata: (host) => metadata()?.documentFor(host),
    describe: () => auth.describe(),
    denials: auth.denials,
    decisions: auth.decisions,
    close: () => auth.close(),
  };
}

/** Refusals of an AgentOS say where its id is read, `GET /info`; an application behind a guard has no such route. */
function withoutInfo(resolved: ResolvedPolicy): ResolvedPolicy {
  const { policy } = resolved;
  const [first, ...others] = policy.tokens.map((part) => ({ ...part, isAudienceTheId: false }));
  if (first === undefined) return resolved;
  const issuerKeys = resolved.issuerKeys.map((keys) => ({
    ...keys,
    tokens: { ...keys.tokens, isAudienceTheId: false },
  }));
  return { ...resolved, issuerKeys, policy: { ...policy, tokens: [first, ...others] } };
}

/** The host has matched the path; the guard only knows the scopes, and the parameters that they name. */
function nameAccess(access: Parameters<AuthGuard["protect"]>[0]): Template {
  const text = `/(${typeof access === "string" ? access : access.join(", ")})`;
  const parts = splitParameters(text);
  const parameters = parts.flatMap((part) => (part.kind === "parameter" ? [part.name] : []));
  return { text, segments: [{ kind: "literal", text: text.slice(1) }], parameters };
}

/** What only an AgentOS can do is refused here, never ignored: this guard sees no other route and opens no port. */
function findGuardFaults(resolved: ResolvedPolicy): readonly Fault[] {
  const {
    policy: { mode },
    rules,
    writtenIn,
  } = resolved;
  const refuseOption = (name: string, problem: string, suggestion: string) =>
    createOptionFault({ option: nameOption(name, writtenIn), problem, suggestion });
  return [
    ...findNoCredentialFaults(resolved),
    ...(mode === "jwt-unverified"
      ? [
          createFault({
            code: "CONFIG_UNVERIFIED_BEYOND_LOOPBACK",
            facts: { reach: "a guard cannot see who reaches it" },
          }),
        ]
      : []),
    ...(Object.keys(rules.scopeMappings).length === 0
      ? []
      : [
          refuseOption(
            "scopeMappings",
            "a guard has no routes to lay rules over",
            'leave it out, and name the scopes in "protect"',
          ),
        ]),
    ...(rules.publicPaths === undefined
      ? []
      : [
          refuseOption(
            "excludedRoutePaths",
            "a guard has no routes to open",
            'leave it out, and leave "protect" out where anybody may call',
          ),
        ]),
  ];
}
