/** Options of `new AgentOS(...)`: checked once, unknown ones refused, every fault at once. */
import type { Fault } from "@agentos/contract";
import {
  createOptionFault,
  type GuardedAppOptions,
  guardedAppOptionsShape,
  isObjectWith,
  type OptionSource,
} from "@agentos/guard/app";
import { z } from "zod";
import type { Runnable } from "../runs/runnable.ts";
import {
  DATABASE_WORDS,
  type DatabaseOptions,
  databaseOptionsShape,
  type RetentionOptions,
} from "./database-options.ts";
import { type LimitOptions, limitsSchema } from "./limit-options.ts";

/** Options of `new AgentOS`. It keeps a copy: what becomes of the object afterwards changes nothing. */
export interface AgentOSOptions extends GuardedAppOptions {
  /** What this server is for, in `/config` and the API reference. Default none. */
  readonly description?: string | undefined;
  /** Agents to serve, each with an id of its own. Default none. */
  readonly agents?: readonly Runnable<"agent">[] | undefined;
  /** How much runs may take of this process. Default: each limit has its own. */
  readonly limits?: LimitOptions | undefined;
  /**
   * Where sessions, runs, memories and refusals are kept: `postgres://…`, `sqlite:` and a path, or null for memory, where
   * they are bounded and end with the process. Default: `DATABASE_URL`, else SQLite in `.agentos/agentos.db` of the
   * working directory.
   */
  readonly database?: string | DatabaseOptions | null | undefined;
  /** Name of the database on the wire, `db_id`. Default "agentos". */
  readonly databaseId?: string | undefined;
  /** How long data is kept. Default: sessions and memories for ever, refusals 30 days, counts of decisions 8, events of runs an hour. */
  readonly retention?: RetentionOptions | undefined;
}

const isAgent = (value: unknown) =>
  isObjectWith("run")(value) && (value as { readonly kind?: unknown }).kind === "agent";

/**
 * Parses into a copy, so that nothing the caller does to its options afterwards changes the server. Only what is alive
 * stays the caller's own: agents, handlers, logger, recorder.
 */
export const agentOSOptionsSchema = z
  .strictObject({
    ...guardedAppOptionsShape,
    description: z.string().optional(),
    agents: z
      .array(z.custom<Runnable<"agent">>(isAgent, "is no agent: pass `new Agent({ … })`"))
      .readonly()
      .optional(),
    limits: limitsSchema.optional(),
    ...databaseOptionsShape,
  })
  .readonly();

const AGENT = 'new Agent({ id: "my-agent", model: "offline:echo" })';

/** For the faults of these options. */
export const agentOSOptionSource: OptionSource = {
  schema: agentOSOptionsSchema,
  arriving: {
    teams: "teams arrive with the runtime release",
    workflows: "workflows arrive with the runtime release",
  },
  words: { database: DATABASE_WORDS },
  examples: {
    agents: `[${AGENT}]`,
    "agents[]": AGENT,
    databaseId: '"agentos"',
    deployment: '"my-agent"',
    directUrl: '"postgres://USER:PASSWORD@HOST:5432/NAME"',
    limits: '{ "activeRuns": 500 }',
    retention: '{ "denialsDays": 30 }',
    url: '"sqlite:.agentos/agentos.db"',
  },
};

/** Agents whose id another one has already. */
export function findAgentFaults(agents: readonly Runnable[]): readonly Fault[] {
  const ids = agents.map(({ id }) => id);
  return ids.flatMap((id, index) => {
    if (ids.indexOf(id) === index) return [];
    return [
      createOptionFault({
        option: `agents[${index}].id`,
        problem: `"${id}" is used twice`,
        suggestion: "give one of them another id",
      }),
    ];
  });
}
