/** Joins keys, engine, denial recorder and gate: what an AgentOS and a guard of its own have in common. */
import { hash } from "node:crypto";
import {
  type Authenticator,
  type CompiledRoute,
  type CompiledRoutes,
  createAuthEngine,
  createAuthenticators,
  createTokenVerifier,
  isTokenMode,
  type RevocationCheck,
} from "@agentos/auth";
import { throwErrors } from "../config/configuration-error.ts";
import { describePolicy, type PolicyInForce } from "../config/describe-policy.ts";
import { placeKeyFault } from "../config/option-names.ts";
import type { ResolvedPolicy } from "../config/resolve-policy.ts";
import type { DecisionCounter } from "../decisions/decision-counter.ts";
import type { KeyCounter } from "../decisions/key-counter.ts";
import { createMemoryDecisionCounter } from "../decisions/memory-decision-counter.ts";
import { createMemoryKeyCounter } from "../decisions/memory-key-counter.ts";
import type { DenialRecorder } from "../denials/denial-recorder.ts";
import { createMemoryDenialRecorder } from "../denials/memory-denial-recorder.ts";
import { loadKeys } from "../keys/load-keys.ts";
import { nodeSignatureCheck } from "../keys/node-signature-check.ts";
import type { Runtime } from "../log/runtime.ts";
import { createMemoryRevocationStore } from "../revocations/memory-revocation-store.ts";
import { createRevocations, type Revocations } from "../revocations/revocations.ts";
import { type ConnectionRegistry, createConnectionRegistry } from "./connection-registry.ts";
import { createFindEnd } from "./find-end.ts";
import { createGate, type Gate, type GateOptions } from "./gate.ts";
import { logDenial } from "./log-denial.ts";
import { logKeyState } from "./log-key-state.ts";
import { createSocketGate, type SocketGate } from "./socket-gate.ts";
import { createClientFinder } from "./trusted-proxies.ts";
import { listUnconfiguredStages } from "./unconfigured-stages.ts";

export interface AuthRuntime {
  readonly gate: Gate;
  /** The same for connections that stay open: those of one socket. */
  createSocketGate(route: CompiledRoute): SocketGate;
  readonly denials: DenialRecorder;
  readonly decisions: DecisionCounter;
  /** What is revoked, and who revokes. */
  readonly revocations: Revocations;
  /** Streams and sockets that are open: whoever opens one adds it. */
  readonly connections: Pick<ConnectionRegistry, "add">;
  /** How many requests came with which key. */
  readonly keyCounter: KeyCounter;
  /** What the next policy goes on with. */
  readonly kept: AuthResources;
  /** The policy in force now. */
  describe(): PolicyInForce;
  /** Those of the keys in force now; the same list until the keys change. */
  algorithms(): readonly string[];
  /** Of a policy that replaces another one: from now on what is open is judged by it. The first is in force at once. */
  comeIntoForce(): void;
  /** Stops watching keys. */
  close(): void;
}

/** What is opened once the keys are in order, and before a request is answered. */
export interface AuthResources {
  /** Default: bounded memory. */
  readonly denialRecorder?: DenialRecorder | undefined;
  /** Default: bounded memory. */
  readonly decisionCounter?: DecisionCounter | undefined;
  /** Default: in bounded memory, which ends with the process. */
  readonly revocations?: Revocations | undefined;
  /** What is open already. Default: nothing is. */
  readonly connections?: ConnectionRegistry | undefined;
  /** Default: bounded memory. */
  readonly keyCounter?: KeyCounter | undefined;
  /** Where data is kept, fit to be shown; for the description of the policy. Default: not said. */
  readonly database?: string | undefined;
}

export interface AuthRuntimeOptions {
  readonly runtime: Runtime;
  /** Wins over what is opened. Default: that, else bounded memory. */
  readonly denialRecorder?: DenialRecorder | undefined;
  /** Rejects with a ConfigurationError where something cannot be opened. Default: nothing is. */
  readonly open?: (() => Promise<AuthResources>) | undefined;
  /** Asked of every identity, on every request, beside what is revoked here. Default: nobody is. */
  readonly revocation?: RevocationCheck | undefined;
  /** Asked before those of the mode; with mode `none` no credential is read, and nobody is asked. Default: none. */
  readonly authenticators?: readonly Authenticator[] | undefined;
  /** Given by a server that serves the metadata itself. */
  readonly resourceMetadataUrl?: ((host: string | null) => string | undefined) | undefined;
  /** For the description of the policy. Default: none. */
  readonly limits?: PolicyInForce["limits"];
}

/** Parses the keys and builds the gate; throws a ConfigurationError with every fault at once. */
export async function createAuthRuntime(
  resolved: ResolvedPolicy,
  ruled: CompiledRoutes,
  {
    runtime,
    denialRecorder,
    open = async () => ({}),
    revocation,
    authenticators = [],
    resourceMetadataUrl,
    limits,
  }: AuthRuntimeOptions,
): Promise<AuthRuntime> {
  const { policy, securityKey, cliCommand } = resolved;
  const { clock, generateId, logger } = runtime;
  const now = () => clock.now();
  const sha256 = (text: string) => hash("sha256", text, "base64");
  const keys = await loadKeys(resolved, now);
  const keyFaults = keys.faults.map((fault) => placeKeyFault(fault, resolved.writtenIn));
  const faults = Object.freeze([...resolved.faults, ...ruled.faults, ...keyFaults]);
  if (faults.some(({ severity }) => severity === "error")) {
    keys.close();
    throwErrors(faults, cliCommand);
  }

  const opened = await open().catch((cause: unknown) => {
    keys.close();
    throw cause;
  });
  const denials =
    denialRecorder ??
    opened.denialRecorder ??
    createMemoryDenialRecorder({ generateId, onRecord: (record) => logDenial(logger, record) });
  const decisions = opened.decisionCounter ?? createMemoryDecisionCounter({ now });
  const keyCounter = opened.keyCounter ?? createMemoryKeyCounter({ now });
  const verifier = createTokenVerifier({
    keySource: keys.keySource,
    policy,
    issuers: policy.separatesIssuers ? keys.issuers : undefined,
    now,
    sha256,
    signatureCheck: nodeSignatureCheck,
  });
  const revocations =
    opened.revocations ?? createRevocations({ store: createMemoryRevocationStore({ now }), now, logger });
  const engine = createAuthEngine({
    policy,
    authenticators: [...authenticators, ...createAuthenticators({ policy, verifier, securityKey, sha256 })],
    revocation: revocation === undefined ? revocations.check : joinChecks(revocation, revocations.check),
  });
  const registry = opened.connections ?? watchConnections(revocations, logger);
  const readBy = { policy, securityKey };
  const add: ConnectionRegistry["add"] = (connection) => registry.add({ ...connection, readBy });
  const findEnd = createFindEnd({
    engine,
    readBy,
    routes: ruled.routes,
    issuers: keys.issuers,
    revocations,
    revocation,
  });
  if (opened.connections === undefined) registry.judgeBy(findEnd);
  keys.keySource.subscribe?.(() => void registry.judgeAgain());
  const gateOptions: GateOptions = {
    engine,
    recorder: denials,
    decisions,
    keyCounter,
    judge: (request) => registry.judge({ ...request, readBy }),
    isUnverified: policy.mode === "jwt-unverified",
    findClient: createClientFinder(resolved.trustedProxies),
    now,
    cliCommand,
    notConfigured: listUnconfiguredStages(policy, {
      hasRevocation: isTokenMode(policy.mode) || revocation !== undefined,
    }),
    resourceMetadataUrl,
  };
  logKeyState(logger, keys.keySource, cliCommand);
  return {
    gate: createGate(gateOptions),
    createSocketGate: (route) => createSocketGate({ ...gateOptions, policy, route, connections: { add } }),
    denials,
    decisions,
    revocations,
    connections: { add },
    keyCounter,
    kept: {
      denialRecorder: denials,
      decisionCounter: decisions,
      keyCounter,
      revocations,
      connections: registry,
    },
    describe: () =>
      describePolicy(resolved, keys.keySource, {
        routes: ruled.routes,
        faults,
        limits,
        database: opened.database,
      }),
    algorithms: () => keys.keySource.current().algorithms,
    comeIntoForce: () => void registry.judgeBy(findEnd),
    close: () => keys.close(),
  };
}

/** What is open ends when it is revoked, and has what is revoked read as long as it is open. */
function watchConnections(revocations: Revocations, logger: Runtime["logger"]): ConnectionRegistry {
  const connections = createConnectionRegistry(logger);
  revocations.onRevoked(() => void connections.judgeAgain());
  revocations.watch(() => connections.size > 0);
  return connections;
}

/** The first that refuses. */
function joinChecks(one: RevocationCheck, other: RevocationCheck): RevocationCheck {
  return (identity) => {
    const refused = one(identity);
    if (refused instanceof Promise) return refused.then((refusal) => refusal ?? other(identity));
    return refused ?? other(identity);
  };
}
