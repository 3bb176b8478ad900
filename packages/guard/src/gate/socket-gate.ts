/**
 * The gate for connections that stay open: the same engine, rules, records and counts as for requests. A credential that
 * comes in a frame is judged as if a request had it where the configuration reads it.
 */
import {
  type Access,
  type AuthPolicy,
  type CompiledRoute,
  fail,
  type Identity,
  isAllowedOrigin,
  isSameHost,
  type OriginRules,
  ok,
  type ProblemAnswer,
  type Refusal,
  type Result,
  refuse,
} from "@agentos/auth";
import { type Facts, type Problem, REFUSALS, type RefusalCode } from "@agentos/contract";
import type { ConnectionRegistry } from "./connection-registry.ts";
import { createDenier } from "./denier.ts";
import { type GateOptions, type GuardedRequest, keyOf, ORIGIN } from "./gate.ts";

/** A refusal of something that came over a connection: the exact code, and what its client is told. */
export interface SocketRefusal {
  readonly code: RefusalCode;
  readonly problem: Problem;
}

/** What a frame asks for. */
export interface SocketDemand {
  /** Name of the action, for the record. */
  readonly action: string;
  /** The route whose access decides. */
  readonly route: CompiledRoute;
  readonly parameters: Readonly<Record<string, string | undefined>>;
}

/** Judges what comes over one connection. */
export interface SocketGate {
  /**
   * Whether a connection may be opened at all: where it comes from, and which page opens it. Gives the answer to send
   * instead; undefined when it may.
   */
  admit(upgrade: GuardedRequest): Promise<ProblemAnswer | undefined>;
  /** What the frames of an admitted connection are judged by. */
  createJudge(upgrade: GuardedRequest): SocketJudge;
}

/** Judges the frames of one connection. */
export interface SocketJudge {
  /** Address of the client, behind the proxies that are trusted. */
  readonly clientAddress: string | undefined;
  /** Who is let in with this credential, at this moment. Undefined as the credential: whoever sends none. */
  authenticate(token: string | undefined): Promise<Result<Identity, SocketRefusal>>;
  /**
   * Whether a caller who is known may do it; "unnamed" where the scopes are for single items, and the frame names none: a
   * fault of the frame, of which nothing is recorded.
   */
  authorize(identity: Identity, demand: SocketDemand): Result<Access, SocketRefusal | "unnamed">;
  /**
   * Calls `end` once what was let in is taken away: a credential revoked, a key withdrawn. Gives the function for when the
   * connection has ended, or is somebody's no more.
   */
  watch(identity: Identity, end: (refusal: Refusal) => void): () => void;
  /** Records a refusal that the connection itself has found. */
  refuse(refusal: Refusal): SocketRefusal;
}

export interface SocketGateOptions extends GateOptions {
  readonly policy: OriginRules & Pick<AuthPolicy, "credentialLocations">;
  /** The socket as a route: who may authenticate on it, and its name in records. */
  readonly route: CompiledRoute;
  readonly connections: Pick<ConnectionRegistry, "add">;
}

/** Facts of every record of a connection. */
const SOURCE: Facts = Object.freeze({ source: "socket" });

export function createSocketGate(options: SocketGateOptions): SocketGate {
  const {
    engine,
    decisions,
    keyCounter,
    connections,
    findClient = (request) => request,
    policy,
    route: socketRoute,
  } = options;
  const denier = createDenier(options);
  const isVerified = options.isUnverified !== true;
  const routeName = socketRoute.name;
  const place = { routeName, seen: SOURCE };

  return {
    async admit(sent) {
      const request = findClient(sent);
      // Nothing is presented yet: what is refused for its way is refused here, and what lacks a credential is not.
      const judged = await engine.authenticate(present(request, policy, undefined));
      if (!judged.ok && REFUSALS[judged.fault.code].stage === "loopback")
        return denier.deny(request, judged.fault, place);
      const foreign = findForeignOrigin(request, policy);
      return foreign.ok ? undefined : denier.deny(request, foreign.fault, place);
    },
    createJudge(sent) {
      const request = findClient(sent);
      const told = (refusal: Refusal, seen: Facts = {}, name = routeName): SocketRefusal => ({
        code: refusal.code,
        problem: denier.tell(request, refusal, { routeName: name, seen: { ...SOURCE, ...seen } }),
      });
      return {
        clientAddress: request.clientAddress,
        async authenticate(token) {
          const authenticated = await engine.authenticate(present(request, policy, token));
          const key = authenticated.ok ? keyOf(authenticated.value) : undefined;
          if (key !== undefined) keyCounter.count(key);
          const judged = authenticated.ok
            ? engine.authorize(authenticated.value, socketRoute, {})
            : authenticated;
          if (judged.ok) return ok(judged.value.identity);
          const { owner, code } = judged.fault;
          decisions.count({
            owner: isVerified ? owner : undefined,
            route: undefined,
            parameters: {},
            outcome: code,
          });
          return fail(told(judged.fault));
        },
        authorize(identity, { action, route, parameters }) {
          const judged = engine.authorize(identity, route, parameters);
          if (!judged.ok && judged.fault.code === "SCOPE_PARAMETER_MISSING") return fail("unnamed");
          const isKnown = isVerified && identity.kind !== "anonymous";
          const owner = isKnown ? identity.owner : undefined;
          const outcome = judged.ok ? "allowed" : judged.fault.code;
          decisions.count({ owner, route, parameters, outcome });
          return judged.ok ? judged : fail(told(judged.fault, { action }, route.name));
        },
        watch: (identity, end) => connections.add({ identity, route: socketRoute, parameters: {}, end }),
        refuse: (refusal) => told(refusal),
      };
    },
  };
}

/**
 * A page may open a connection when it is allowed to call, or is one of this server; what sends no `Origin` is no browser.
 * A browser asks nobody before it opens a WebSocket, and its page reads whatever comes (RFC 6455 section 10.2).
 */
function findForeignOrigin(request: GuardedRequest, rules: OriginRules): Result<true> {
  const origin = request.header("origin");
  const host = request.header("host");
  if (origin === null || isAllowedOrigin(origin, host, rules)) return ok(true);
  if (origin === "null") return refuse("AUTH_SOCKET_ORIGIN_OPAQUE");
  if (isSameHost(origin, host) && request.header("sec-fetch-site") !== "cross-site") return ok(true);
  // The fix names it: it must not be words that somebody put there.
  return refuse("AUTH_SOCKET_ORIGIN_REFUSED", {
    origin: ORIGIN.test(origin) ? origin.slice(0, 200) : "null",
  });
}

/**
 * The upgrade with a credential where the configuration reads it first, and with none anywhere else: what came with the
 * upgrade itself, a cookie above all, authenticates nobody here (contract 6.1).
 */
function present(
  request: GuardedRequest,
  { credentialLocations }: Pick<AuthPolicy, "credentialLocations">,
  token: string | undefined,
): GuardedRequest {
  const hidden = new Set(["authorization", "cookie"]);
  for (const { in: kind, name } of credentialLocations) if (kind === "header") hidden.add(name.toLowerCase());
  const [first] = credentialLocations;
  const shown = first?.in === "cookie" ? "cookie" : first?.name.toLowerCase();
  const value = first?.in === "cookie" && token !== undefined ? `${first.name}=${token}` : token;
  return {
    method: request.method,
    clientAddress: request.clientAddress,
    isThroughTrustedProxy: request.isThroughTrustedProxy,
    headerNames: request.headerNames,
    header(name) {
      if (value !== undefined && name === shown) return value;
      return hidden.has(name) ? null : request.header(name);
    },
  };
}
