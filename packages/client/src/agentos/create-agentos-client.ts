/** A client of one AgentOS: its groups are those of the contract, and each method is one route. */
import { isRecord } from "@agentos/contract/text";
import type { Call, CallGroups } from "../wire/call-types.ts";
import { createCall, createGroups } from "../wire/caller.ts";
import { type ClientOptions, readClientOptions, requireInteger } from "../wire/client-options.ts";
import { NO_CREDENTIAL } from "../wire/credential.ts";
import {
  createFixedToken,
  createTokenSource,
  describeUnsendable,
  type GetToken,
} from "../wire/token-source.ts";
import { createTransport } from "../wire/transport.ts";
import { AGENTOS_CALLS, type AgentOSRoutes } from "./agentos-calls.ts";
import { createRunMethods, type RunMethods } from "./run-methods.ts";

/** Options of {@link createAgentOSClient}. */
export interface AgentOSClientOptions extends ClientOptions {
  /** A token, a service account's token, or the security key. Default: none is sent. */
  readonly token?: string | undefined;
  /** Asked for a token when there is none, when it ends soon, and when the server refuses it, every 30 seconds at most. */
  readonly getToken?: GetToken | undefined;
  /** A token of `getToken` that ends within so many seconds is replaced before it is used. Default 30. */
  readonly renewSeconds?: number | undefined;
  /** Longest event of a stream, in characters. Default 8 Mi. */
  readonly maxEventLength?: number | undefined;
}

type Groups = CallGroups<AgentOSRoutes>;

/** A client of one AgentOS. */
export interface AgentOSClient extends Omit<Groups, "agents" | "teams"> {
  /** Where it is, without a slash at the end. */
  readonly baseUrl: string;
  /** Agents and their runs. */
  readonly agents: Omit<Groups["agents"], "cancelRun"> & RunMethods;
  /** Runs of teams, which a Python AgentOS has. */
  readonly teams: Groups["teams"] & RunMethods;
  /** Runs of workflows, which a Python AgentOS has. Which there are is in its configuration. */
  readonly workflows: RunMethods;
  /** Any plain route by its id. */
  readonly call: Call<AgentOSRoutes>;
}

/**
 * Makes a client. Nothing is sent yet.
 *
 * @example
 * const client = createAgentOSClient({ baseUrl: "http://localhost:7777", token });
 * for await (const event of client.agents.stream("helper", { message: "Hello" })) {
 *   if (event.event === "RunContent") show(event.content);
 *   // The whole answer, for pieces may have been lost with a connection.
 *   if (event.event === "RunCompleted") replace(event.content);
 * }
 */
export function createAgentOSClient(options: AgentOSClientOptions): AgentOSClient {
  const { token, getToken, renewSeconds = 30, maxEventLength = 8 * 1024 * 1024 } = options;
  const problem = token === undefined ? undefined : describeUnsendable(token);
  const read = readClientOptions(options, [
    ...(token !== undefined && getToken !== undefined
      ? ['both "token" and "getToken" are given: give one of them']
      : []),
    ...(problem === undefined ? [] : [`"token" cannot be sent: ${problem}`]),
    ...requireInteger("renewSeconds", renewSeconds, 0),
    ...requireInteger("maxEventLength", maxEventLength, 1),
  ]);
  const { base, runtime, retries, ...limits } = read;
  const credential =
    getToken !== undefined
      ? createTokenSource({ getToken, renewSeconds, runtime })
      : token === undefined
        ? NO_CREDENTIAL
        : createFixedToken(token);
  const transport = createTransport({ server: "agentos", base, credential, runtime, retries });
  const caller = { transport, ...limits };
  const groups = createGroups(AGENTOS_CALLS, caller);
  const readInfo = createCall("core.info", AGENTOS_CALLS["core.info"], caller);
  let isOurs: Promise<boolean> | undefined;
  /** Only our servers say which version of ours they are. One that cannot be asked counts as none, this time. */
  const knowsKeys = () =>
    (isOurs ??= readInfo().then(hasServerVersion)).catch(() => {
      isOurs = undefined;
      return false;
    });
  const runsOf = (resource: "agents" | "teams" | "workflows") =>
    createRunMethods({ ...caller, resource, maxEventLength, knowsKeys });
  const client = {
    ...groups,
    baseUrl: base.prefix,
    agents: { ...groups["agents"], ...runsOf("agents") },
    teams: { ...groups["teams"], ...runsOf("teams") },
    workflows: runsOf("workflows"),
    call: (id: keyof typeof AGENTOS_CALLS, ...args: Parameters<typeof readInfo>) =>
      createCall(id, AGENTOS_CALLS[id], caller)(...args),
  };
  // The types of the table say what was made of it.
  return Object.freeze(client) as unknown as AgentOSClient;
}

function hasServerVersion(info: unknown): boolean {
  return isRecord(info) && typeof info["server_version"] === "string";
}
