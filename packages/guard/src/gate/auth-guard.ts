/**
 * The guard alone, for an application that has its own server: the same verification, scopes, refusals and denial
 * records as an AgentOS, without agents. Each host under `hosts/` puts it in front of one kind of server.
 */
import { randomUUID } from "node:crypto";
import type { RevocationCheck } from "@agentos/auth";
import { type ResourceMetadata, renderFault } from "@agentos/contract";
import { z } from "zod";
import { type AuthOptions, authOptionsShape } from "../config/auth-options.ts";
import { ConfigurationError, throwErrors } from "../config/configuration-error.ts";
import type { PolicyInForce } from "../config/describe-policy.ts";
import { createOptionFault, findOptionFaults } from "../config/option-faults.ts";
import { completePolicyOptions, findIdFaults, type PolicyOptions } from "../config/policy-options.ts";
import { resolvePolicy } from "../config/resolve-policy.ts";
import type { DecisionCounter } from "../decisions/decision-counter.ts";
import type { DenialRecorder } from "../denials/denial-recorder.ts";
import { createInTurn } from "../log/in-turn.ts";
import { createLogger } from "../log/log.ts";
import type { Logger } from "../log/runtime.ts";
import { tellFindings, tellReplaced } from "../log/tell-findings.ts";
import { renderErrorPage } from "../pages/error-page.ts";
import type { Revocations } from "../revocations/revocations.ts";
import { callerAccessSchema } from "./caller-access.ts";
import type { GuardedRequest, GuardOutcome } from "./gate.ts";
import {
  compileAccess,
  createGuardState,
  findGuardFaults,
  type ProtectedAccess,
  withoutInfo,
} from "./guard-state.ts";

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
  protect(access: ProtectedAccess): ProtectedRoute;
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
  /**
   * Puts another policy in force, as a whole: what is left out has its default, and the `id` stays. Keys are loaded and
   * judged first; with any fault this rejects with a {@link ConfigurationError} that has all of them, and the policy before
   * stays in force. Requests under way finish under the policy that they began with, every later one is judged by the new
   * one, and what is protected stays protected. A response that is still being sent goes on: this guard does not see its
   * body. Let long ones end by themselves, and have their clients come back.
   */
  replacePolicy(options: PolicyOptions): Promise<void>;
  /** Refusals that were recorded, for whoever operates this server. */
  readonly denials: DenialRecorder;
  /** How often whom was allowed and refused what, in bounded memory. */
  readonly decisions: DecisionCounter;
  /**
   * Credentials that are not accepted any more although they have not expired: of this guard alone, in bounded memory. Where
   * several processes are to know it, give `revocation` in the options. It counts from the next request on, and ends no
   * response that is still being sent.
   *
   * @example
   * await guard.revocations.revoke({ kind: "sid", issuer: "default", value: signInId, until: now + 24 * 3_600 });
   */
  readonly revocations: Pick<Revocations, "revoke" | "list">;
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
  const first = withoutInfo(resolvePolicy(options, process.env));
  throwErrors([...first.faults, ...findGuardFaults(first)], first.cliCommand);
  const logger = options.logger ?? createLogger();
  const runtime = { clock: { now: () => Date.now() / 1_000 }, generateId: () => randomUUID(), logger };
  /** What the routes ask for, by their name: a handler may protect the same again with every request, or another item with each. */
  const accesses = new Map<string, ProtectedAccess>();
  const surroundings = { options, runtime, accesses };
  /** INVARIANT: replaced by one assignment, and read once by a check. */
  let state = await createGuardState(first, surroundings);
  tellFindings(logger, state.auth.describe().findings);
  const { denials, decisions, revocations, kept } = state.auth;

  const inTurn = createInTurn();
  let isClosed = false;

  async function replacePolicy(given: PolicyOptions): Promise<void> {
    const next = withoutInfo(resolvePolicy(completePolicyOptions(given, options), process.env));
    const faults = [...findGuardFaults(next), ...findIdFaults(next, first)];
    const replacing = await createGuardState(next, { ...surroundings, kept }, faults);
    if (isClosed) {
      replacing.auth.close();
      throw new Error("the guard is closed: no policy comes into force any more");
    }
    // What was protected while keys were read.
    for (const [name, access] of accesses)
      if (!replacing.routes.has(name)) replacing.routes.set(name, compileAccess(next, access).route);
    const before = state;
    state = replacing;
    before.auth.close();
    replacing.auth.comeIntoForce();
    tellReplaced(logger, replacing.auth.describe());
  }

  return {
    protect(access) {
      if (!callerAccessSchema.safeParse(access).success) throwErrors([NO_ACCESS], state.resolved.cliCommand);
      const { resolved } = state;
      const { route, faults } = compileAccess(resolved, access);
      throwErrors(faults, resolved.cliCommand);
      if (!accesses.has(route.name) && accesses.size < MAX_DESCRIBED_ROUTES) {
        accesses.set(route.name, access);
        state.routes.set(route.name, route);
        // Once, however often a handler protects the same.
        tellFindings(
          logger,
          faults.map((fault) => renderFault(fault, resolved.cliCommand)),
        );
      }
      let known = { resolved, route };
      return {
        check(request, parameters = {}) {
          const { auth, resolved: now } = state;
          if (known.resolved !== now) known = { resolved: now, ...compileAccess(now, access) };
          return auth.gate.check(request, known.route, parameters);
        },
      };
    },
    errorPage: (code) => renderErrorPage(code, state.resolved.cliCommand),
    resourceMetadata: (host) => state.metadata()?.documentFor(host),
    describe: () => state.auth.describe(),
    replacePolicy: (given) => inTurn(() => replacePolicy(given)),
    denials,
    decisions,
    revocations,
    close() {
      isClosed = true;
      state.auth.close();
    },
  };
}
