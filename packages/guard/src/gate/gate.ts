/**
 * The gate in front of every route: authenticate, authorise, and on refusal record the denial and build the answer.
 * It knows no HTTP framework; hosts hand it the little of a request that it reads.
 */
import type {
  Access,
  AuthEngine,
  CompiledRoute,
  Identity,
  ProblemAnswer,
  Refusal,
  RequestFacts,
  Result,
} from "@agentos/auth";
import type { DecisionCounter } from "../decisions/decision-counter.ts";
import { type KeyCounter, SECURITY_KEY_NAME } from "../decisions/key-counter.ts";
import type { ConnectionRegistry, OpenedBy } from "./connection-registry.ts";
import { createDenier, type DenierOptions, MAX_RECORDED_PATH } from "./denier.ts";

/** What the guard reads of a request. */
export interface GuardedRequest extends RequestFacts {
  /** Address of the peer, as the socket says. Which client stands behind it the guard finds out itself. */
  readonly clientAddress: string | undefined;
  /**
   * Path as it was sent, for the denial record of a guard that stands alone: the application matches the route, so its
   * scopes are all that the guard can name. Default: the record names the route.
   */
  readonly path?: string | undefined;
}

/** Gives a request as it was before the proxies that are trusted; the same object where its peer is none of them. */
export type ClientFinder = (request: GuardedRequest) => GuardedRequest;

/** Go on as this caller (the anonymous one on a public route), or send this answer. */
export type GuardOutcome =
  | { readonly isAllowed: true; readonly access: Access }
  | { readonly isAllowed: false; readonly answer: ProblemAnswer };

export interface GateOptions extends DenierOptions {
  readonly engine: AuthEngine;
  /** Counts what is decided, for whom. */
  readonly decisions: Pick<DecisionCounter, "count">;
  /** Counts the keys that verified requests came with. */
  readonly keyCounter: Pick<KeyCounter, "count">;
  /** Nobody verifies who calls: every caller counts as nobody. Default false. */
  readonly isUnverified?: boolean | undefined;
  /** The judgement in force, which may be that of a policy that has replaced this gate's. */
  readonly judge: ConnectionRegistry["judge"];
  /** Finds the client behind the proxies that are trusted. Undefined: none is, and the peer is the client. */
  readonly findClient?: ClientFinder | undefined;
}

export interface Gate {
  /** Checks a request for a matched route and its decoded parameters. */
  check(
    request: GuardedRequest,
    route: CompiledRoute,
    parameters: Readonly<Record<string, string | undefined>>,
  ): GuardOutcome | Promise<GuardOutcome>;
  /**
   * Asks once more, later in a request that was allowed, by the policy in force then. Gives the answer to send instead;
   * undefined for a caller who is let in.
   */
  checkAgain(request: GuardedRequest, opened: OpenedBy): Promise<ProblemAnswer | undefined>;
  /**
   * Checks only who calls, for requests that match no route: they get 404 after this, never before. Gives the answer to
   * send instead; undefined for a caller who is known, and who has not been given access to anything.
   */
  authenticate(request: GuardedRequest, path: string): Promise<ProblemAnswer | undefined>;
  /**
   * Who calls a public route that shows a verified caller more. Undefined for everybody else: a credential that is not
   * accepted counts as none there, so that nothing is refused and nothing recorded.
   */
  identify(request: GuardedRequest): Promise<Identity | undefined>;
  /** Whether a route is worth showing to a caller who was identified. */
  mayReach(identity: Identity, route: CompiledRoute): boolean;
  /**
   * Records that a browser keeps an answer from a page, because its origin is not allowed. The page can read nothing of
   * it, so the operator's log and denials are where the cause is found.
   */
  noteOrigin(request: GuardedRequest, origin: string): void;
}

/** An origin as browsers write it (RFC 6454 section 6.2): scheme, host and port. */
export const ORIGIN = /^[a-z][a-z0-9+.-]{0,30}:\/\/[\w.:[\]-]{1,260}$/i;

/** Creates the gate of one configuration. */
export function createGate(options: GateOptions): Gate {
  const { engine, decisions, keyCounter, findClient } = options;
  const denier = createDenier(options);
  const isVerified = options.isUnverified !== true;
  const openly: GuardOutcome = Object.freeze({ isAllowed: true, access: engine.anonymous });

  function countKey(identity: Identity): void {
    const key = keyOf(identity);
    if (key !== undefined) keyCounter.count(key);
  }

  /** The answer to a request whose caller is known or refused. */
  function conclude(
    request: GuardedRequest,
    route: CompiledRoute,
    parameters: Readonly<Record<string, string | undefined>>,
    authenticated: Result<Identity>,
  ): GuardOutcome {
    if (authenticated.ok) countKey(authenticated.value);
    const authorized = authenticated.ok
      ? engine.authorize(authenticated.value, route, parameters)
      : authenticated;
    if (authorized.ok) {
      const { owner, kind } = authorized.value.identity;
      const isKnown = isVerified && kind !== "anonymous";
      decisions.count({ owner: isKnown ? owner : undefined, route, parameters, outcome: "allowed" });
      return { isAllowed: true, access: authorized.value };
    }
    const { owner, code } = authorized.fault;
    decisions.count({ owner: isVerified ? owner : undefined, route, parameters, outcome: code });
    return { isAllowed: false, answer: denier.deny(request, authorized.fault, { routeName: route.name }) };
  }

  return {
    check(sent, route, parameters) {
      if (engine.isPublic(route, parameters)) return openly;
      const request = findClient === undefined ? sent : findClient(sent);
      const authenticated = engine.authenticate(request);
      // A cached token answers at once: no promise on the hot path.
      if (!(authenticated instanceof Promise)) return conclude(request, route, parameters, authenticated);
      return authenticated.then((result) => conclude(request, route, parameters, result));
    },
    async checkAgain(sent, opened) {
      // First, since it waits until what is revoked has been read. A stranger has nothing to revoke.
      const { identity } = opened;
      const admitted = identity.kind === "anonymous" ? undefined : await engine.readmit(identity);
      const refusal = admitted === undefined || admitted.ok ? options.judge(opened) : admitted.fault;
      if (refusal === undefined) return undefined;
      const request = findClient === undefined ? sent : findClient(sent);
      return denier.deny(request, refusal, { routeName: opened.route.name });
    },
    async authenticate(sent, path) {
      const request = findClient === undefined ? sent : findClient(sent);
      const authenticated = await engine.authenticate(request);
      if (authenticated.ok) {
        countKey(authenticated.value);
        return undefined;
      }
      const { owner, code } = authenticated.fault;
      decisions.count({
        owner: isVerified ? owner : undefined,
        route: undefined,
        parameters: {},
        outcome: code,
      });
      const place = {
        routeName: `${request.method} (no route)`,
        seen: { path: path.slice(0, MAX_RECORDED_PATH) },
      };
      return denier.deny(request, authenticated.fault, place);
    },
    async identify(sent) {
      const authenticated = await engine.authenticate(findClient === undefined ? sent : findClient(sent));
      if (!authenticated.ok) return undefined;
      countKey(authenticated.value);
      return authenticated.value;
    },
    mayReach: (identity, route) => engine.mayReach(identity, route),
    noteOrigin(sent, origin) {
      // No browser sends anything else, and the fix names it: it must not be words that somebody put there.
      if (origin !== "null" && !ORIGIN.test(origin)) return;
      const request = findClient === undefined ? sent : findClient(sent);
      const refusal: Refusal =
        origin === "null"
          ? { code: "AUTH_CORS_ORIGIN_OPAQUE", facts: {} }
          : { code: "AUTH_CORS_ORIGIN_REFUSED", facts: { origin: origin.slice(0, 200) } };
      denier.deny(request, refusal, { routeName: `${request.method} (any route)` });
    },
  };
}

/**
 * Under which name the key of a caller is counted; undefined for a credential without one, and for a shared secret: what
 * may be shown of it is the same for another one in its place, which would be given its counts.
 */
export function keyOf({ kind, keyThumbprint }: Identity): string | undefined {
  return keyThumbprint ?? (kind === "security_key" ? SECURITY_KEY_NAME : undefined);
}
