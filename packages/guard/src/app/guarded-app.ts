/**
 * What an agent server and a control plane have in common: options resolved and judged, a route table compiled and
 * joined with its handlers by id, keys, denials, pages, and the server around it all.
 */
import { randomUUID } from "node:crypto";
import { escapeLines } from "@agentos/contract/text";
import { throwErrors } from "../config/configuration-error.ts";
import type { PolicyInForce } from "../config/describe-policy.ts";
import { formatPolicy } from "../config/format-policy.ts";
import { completePolicyOptions, findIdFaults, type PolicyOptions } from "../config/policy-options.ts";
import { createReachFault } from "../config/reach-fault.ts";
import type { DecisionCounter } from "../decisions/decision-counter.ts";
import type { DenialRecorder } from "../denials/denial-recorder.ts";
import { createInTurn } from "../log/in-turn.ts";
import { createLogger } from "../log/log.ts";
import type { Runtime } from "../log/runtime.ts";
import { tellFindings, tellReplaced } from "../log/tell-findings.ts";
import { compilePolicy } from "./compile-policy.ts";
import type { Fetch } from "./fetch.ts";
import type { GuardedAppParts, Opened } from "./guarded-app-parts.ts";
import { createLimitLog } from "./limit-log.ts";
import { createListening } from "./listening.ts";
import { createOutageLog } from "./outage-log.ts";
import { createPolicyState, type PolicyState } from "./policy-state.ts";
import { type RunningServer, type ServeOptions, serveOnNode } from "./serve.ts";

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
  /**
   * Puts another policy in force, as a whole. Rejects with a ConfigurationError that has every fault, and the policy before
   * stays in force then. Requests under way finish under the policy that they began with, but nothing begins with
   * a body that arrives later from a caller whom the new one shuts out; every request after this has resolved is judged by
   * the new one. What was opened stays. Of two calls the second waits for the first.
   */
  replacePolicy(options: PolicyOptions): Promise<void>;
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

interface Started<Resources> {
  /** INVARIANT: replaced by one assignment, and read once by a request. */
  state: PolicyState;
  readonly opened: Resources;
}

/** Builds a server. Throws a ConfigurationError with every fault at once; those of keys come with `ready`. */
export function createGuardedApp<Id extends string, Resources extends Opened = Opened>(
  parts: GuardedAppParts<Id, Resources>,
): GuardedApp {
  const { options, table, sockets = {} } = parts;
  const declared = { table, sockets, customRoutes: options.routes ?? [] };
  const first = compilePolicy(options, declared);
  const { environment, cliCommand } = first.resolved;
  throwErrors(
    [...first.resolved.faults, ...first.faults, ...(parts.findFaults?.(first.resolved) ?? [])],
    cliCommand,
  );
  const runtime: Runtime = {
    clock: { now: () => Date.now() / 1_000 },
    generateId: () => randomUUID(),
    logger: options.logger ?? createLogger(),
  };
  const surroundings = {
    parts,
    declared,
    runtime,
    limitLog: createLimitLog(runtime),
    outageLog: createOutageLog(runtime),
  };
  const listening = createListening();

  let started: Started<Resources> | undefined;
  let starting: Promise<Started<Resources>> | undefined;
  const ready = (isExamined = false): Promise<Started<Resources>> => (starting ??= start(isExamined));
  const inForce = () => started?.state.resolved ?? first.resolved;

  async function start(isExamined: boolean): Promise<Started<Resources>> {
    let opened: Resources | undefined;
    const open = async () =>
      (opened = await parts.open({
        resolved: first.resolved,
        policy: () => inForce().policy,
        runtime,
        isExamined,
      }));
    try {
      const state = await createPolicyState(first, { ...surroundings, open });
      if (opened === undefined) throw new Error("INVARIANT: what handlers need is opened with the keys");
      return (started = { state, opened });
    } catch (cause) {
      await opened?.close();
      throw cause;
    }
  }

  const inTurn = createInTurn();

  async function replacePolicy(given: PolicyOptions): Promise<void> {
    const app = await ready();
    const next = compilePolicy(completePolicyOptions(given, options), declared);
    const { opened } = app;
    const { kept } = app.state.auth;
    const state = await createPolicyState(next, { ...surroundings, open: async () => opened, kept }, [
      ...findIdFaults(next.resolved, first.resolved),
      ...listening.findReachFaults(next.resolved),
    ]);
    try {
      if (isClosing) throw new Error("the server is closed: no policy comes into force any more");
      // Again, for a server that began to listen while keys were read.
      throwErrors(listening.findReachFaults(next.resolved), cliCommand);
    } catch (cause) {
      state.auth.close();
      throw cause;
    }
    const before = app.state;
    app.state = state;
    before.auth.close();
    // Whoever connects again is judged by the policy in force.
    void before.sockets.close("the policy of the server has changed");
    state.auth.comeIntoForce();
    areFindingsTold = true;
    tellReplaced(runtime.logger, state.auth.describe());
  }

  /** From the moment on in which a server stops to take connections, or this is called: those of a new policy would stay. */
  let isClosing = false;
  let closing: Promise<void> | undefined;
  async function closeAll(): Promise<void> {
    // What could not start has closed itself, and told whoever started it.
    const app = await starting?.catch(() => undefined);
    app?.state.auth.close();
    // Whoever only asked it in process has waited for nothing: what runs is cancelled, and kept as that.
    await app?.state.drain(AbortSignal.abort(new Error("the server was closed")));
    await app?.opened.close();
  }
  const close = (): Promise<void> => {
    isClosing = true;
    return (closing ??= closeAll());
  };

  let areFindingsTold = false;
  const fetch: GuardedApp["fetch"] = (request, env) => {
    if (started === undefined) return ready().then(() => fetch(request, env));
    if (!areFindingsTold) tell(started.state);
    return started.state.fetch(request, env);
  };

  /** Nobody who only embeds this server sees its policy: what is doubtful about it is in the log, once. */
  function tell({ auth }: PolicyState): void {
    areFindingsTold = true;
    tellFindings(runtime.logger, auth.describe().findings);
  }

  return {
    id: first.resolved.policy.id,
    fetch,
    close,
    replacePolicy: (given) => inTurn(() => replacePolicy(given)),
    ready: async ({ isExamined } = {}) => {
      await ready(isExamined);
    },
    async serve(serveOptions = {}) {
      const { host: hostFault, port: portFault } = environment.addressFaults;
      throwErrors(
        [
          ...(serveOptions.host === undefined && hostFault !== undefined ? [hostFault] : []),
          ...(serveOptions.port === undefined && portFault !== undefined ? [portFault] : []),
        ],
        cliCommand,
      );
      const host = serveOptions.host ?? environment.host ?? "localhost";
      const app = await ready();
      const { printsPolicy = true, isPolicyShown = false } = serveOptions;
      if (printsPolicy && !isPolicyShown)
        process.stderr.write(escapeLines(`${formatPolicy(app.state.auth.describe())}\n`));
      else if (!areFindingsTold && !isPolicyShown) tell(app.state);
      areFindingsTold = true;
      // From here on no policy comes into force that must not be reached there.
      return listening.on(host, () =>
        serveOnNode(fetch, {
          host,
          port: serveOptions.port ?? environment.port ?? parts.defaultPort,
          drainSeconds: serveOptions.drainSeconds ?? 25,
          loopbackOnly: createReachFault(app.state.resolved, host),
          drain(signal) {
            isClosing = true;
            return app.state.drain(signal);
          },
          sockets: parts.sockets && {
            recognises: (incoming) => app.state.sockets.recognises(incoming),
            hasLostUpgrade: (incoming) => app.state.sockets.hasLostUpgrade(incoming),
            accept: (...upgrade) => app.state.sockets.accept(...upgrade),
            close: () => app.state.sockets.close(),
          },
          onClose: close,
          logger: runtime.logger,
        }),
      );
    },
    describe: async () => (await ready()).state.auth.describe(),
    denials: async () => (await ready()).state.auth.denials,
    decisions: async () => (await ready()).state.auth.decisions,
  };
}
