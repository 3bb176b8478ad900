/** The usual world of a row: an AgentOS that is started with options, and one request over a real socket. */
import { renderText } from "@agentos/contract";
import { ConfigurationError, type RenderedFault } from "@agentos/guard";
import { Agent, AgentOS, type AgentOSOptions } from "@agentos/server";
import {
  type Claims,
  createTestKey,
  goodToken,
  signToken,
  type TestKey,
  type TokenParts,
  withClaims,
} from "@agentos/testkit";
import { type Answer, bearer, type Call, closeConnections, send } from "../support/http.ts";
import type { FixRow, Printed } from "./fix-row.ts";

/** An AgentOS and one request. */
export interface World {
  readonly options: AgentOSOptions;
  /** Sent once the server runs. Undefined: `GET /agents` with a good token of {@link key}. */
  readonly call?: Call | undefined;
  /** Before the request, in the same server; what it gives is called in the end. */
  readonly prepare?: (served: { readonly os: AgentOS; readonly port: number }) => Promise<() => void>;
}

export const ID = "agent-os";
/** The keys of the usual issuer, and keys of somebody else. */
export const key: TestKey = await createTestKey("RS256", { kid: "2026-11" });
export const otherKey: TestKey = await createTestKey("RS256", { kid: "other" });
export const secret: TestKey = await createTestKey("HS256");
export const SECURITY_KEY = "k9-tRw3z_Qp7vXe2mYb8sLd4";
export const agents = [new Agent({ id: "shop", model: "offline:echo" })];

/** Seconds since 1970. */
export const now = (): number => Math.floor(Date.now() / 1_000);

/** The parts of a token that the usual server accepts. */
export const good = (claims: Claims = {}): TokenParts => withClaims(goodToken({ key, now: now() }), claims);

/** A request with this credential behind "Bearer". */
export const callWith = (token: string, call: Partial<Call> = {}): Call => ({
  path: "/agents",
  ...call,
  headers: { ...call.headers, ...bearer(token) },
});

/** A request with a token of these parts. */
export const callSigned = async (parts: TokenParts, call: Partial<Call> = {}): Promise<Call> =>
  callWith(await signToken(parts), call);

/** Options of a server that trusts the usual key, with more laid over them. */
export const jwtOptions = (config: AgentOSOptions["authorizationConfig"] = {}): AgentOSOptions => ({
  authorization: true,
  authorizationConfig: { verificationKeys: [key.verificationKey], ...config },
});

/** Its options with some of `authorizationConfig` replaced; undefined removes one. */
export function withConfig(world: World, config: Readonly<Record<string, unknown>>): World {
  const merged = Object.entries({ ...world.options.authorizationConfig, ...config });
  const authorizationConfig = Object.fromEntries(merged.filter(([, value]) => value !== undefined));
  return { ...world, options: { ...world.options, authorizationConfig } };
}

/** Its environment with some variables replaced; undefined unsets one. */
export const withEnv = (world: World, env: Readonly<Record<string, string | undefined>>): World => ({
  ...world,
  options: { ...world.options, env: { ...world.options.env, ...env } },
});

interface Seen {
  readonly printed: readonly Printed[];
  readonly answer: Answer | undefined;
}

/** Starts the server, sends the request, and stops it. */
async function visit({ options, call, prepare }: World): Promise<Seen> {
  const silent = { error: () => undefined, warn: () => undefined, info: () => undefined };
  let os: AgentOS | undefined;
  try {
    os = new AgentOS({ database: null, id: ID, agents, env: {}, logger: silent, ...options });
    const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
    let undo: (() => void) | undefined;
    try {
      undo = await prepare?.({ os, port: server.port });
      const { findings } = await os.describe();
      const answer = await send(server.port, call ?? (await callSigned(good())));
      return {
        answer,
        printed: [
          ...findings.map((finding) => showFault(finding, "finding")),
          ...(await readRefusal(os, answer)),
        ],
      };
    } finally {
      undo?.();
      closeConnections();
      await server.close();
    }
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    await os?.close();
    return { answer: undefined, printed: error.faults.map((fault) => showFault(fault, "start")) };
  }
}

/** As the error of the start, or the log at the start, has it. */
const showFault = ({ code, fix, message }: RenderedFault, place: "start" | "finding"): Printed => ({
  code,
  fix,
  place,
  text: `${place === "start" ? "the server does not start: the configuration cannot be used:" : "the server starts, with a warning:"}\n  ${message}\n    fix: ${fix} [${code}]`,
});

/** What the caller reads in the answer, and the operator in the record that it names. */
async function readRefusal(os: AgentOS, { status, text }: Answer): Promise<readonly Printed[]> {
  if (status < 400) return [];
  const body = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const { code, fix, denial_id: denialId } = body;
  const told: Printed[] =
    typeof code === "string" && typeof fix === "string"
      ? [{ code, fix, place: "answer", text: `HTTP ${status}\n${text}` }]
      : [];
  const record =
    typeof denialId === "string" ? await (await os.denials()).find(denialId, { kind: "all" }) : undefined;
  if (record === undefined) return told;
  const seen: Printed = {
    code: record.code,
    fix: renderText(record.fix, record.facts),
    place: "record",
    text: `the operator's record of a request that was refused:\n${JSON.stringify(record, undefined, 1)}`,
  };
  return [...told, seen];
}

/** A row about an AgentOS and one request. */
export const fix = (row: Omit<FixRow<World>, "observe" | "passes">): FixRow => {
  const whole: FixRow<World> = {
    observe: async (world) => (await visit(world)).printed,
    async passes(world) {
      const { answer, printed } = await visit(world);
      if (answer !== undefined && answer.status < 400) return;
      const stops = printed.filter(({ place }) => place !== "finding");
      throw new Error(`the fix leads to ${answer?.status ?? "no start"}: ${JSON.stringify(stops, null, 1)}`);
    },
    ...row,
  };
  // Each row keeps its own kind of world; the table only hands it from one function to the next.
  return whole as FixRow;
};
