/** The options `database`, `databaseId` and `retention`: where data is kept, under which name, and for how long. */
import type { Fault } from "@agentos/contract";
import { createOptionFault, filledText } from "@agentos/guard/app";
import { type DatabaseLocation, describeLocationFault, parseLocation, placeLocation } from "@agentos/storage";
import { z } from "zod";
import type { Retention } from "../stores/sql-retention.ts";
import { DEFAULT_EVENTS_SECONDS } from "../stores/store-limits.ts";
import { withDirectUrl } from "./direct-url.ts";

/** A database, and whose part of it this is. */
export interface DatabaseOptions {
  /** `postgres://…`, or `sqlite:` and a path. Default: none, it has to be given. */
  readonly url: string;
  /**
   * The same PostgreSQL without the pooler that `url` leads to, for the one connection that listens for hints of other
   * servers. Default: `DATABASE_DIRECT_URL`, else `url`.
   */
  readonly directUrl?: string | undefined;
  /** Servers that share it share their data; others in the same database do not see it. Default: the `id` of this AgentOS. */
  readonly deployment?: string | undefined;
}

/** How long data is kept after its last change, in days but for events; every number may have a fraction. */
export interface RetentionOptions {
  /** Sessions with their runs, in days. Default: for ever. */
  readonly sessionsDays?: number | undefined;
  /** Memories, in days. Default: for ever. */
  readonly memoriesDays?: number | undefined;
  /** Refusals, in days. Default 30. */
  readonly denialsDays?: number | undefined;
  /** Counts of decisions, in days. Default 8. */
  readonly decisionsDays?: number | undefined;
  /** Events of runs in the background, for clients that come back: in hours, after the end of each run. Default 1. */
  readonly eventsHours?: number | undefined;
}

const databaseSchema = z.union([
  z.string(),
  z.strictObject({
    url: z.string(),
    directUrl: z.string().optional(),
    deployment: filledText.max(256).optional(),
  }),
  z.null(),
]);

/** A thousandth of a second is the least that anybody needs, a hundred years the most. */
const days = z.number().min(1e-8).max(36_500).optional();
/** A year: who needs a run for longer reads it as it ended. */
const hours = z.number().min(1e-7).max(8_760).optional();

/** In code and in a JSON configuration alike. */
export const databaseOptionsShape = {
  database: databaseSchema.optional(),
  databaseId: filledText.max(256).optional(),
  retention: z
    .strictObject({
      sessionsDays: days,
      memoriesDays: days,
      denialsDays: days,
      decisionsDays: days,
      eventsHours: hours,
    } satisfies Record<keyof RetentionOptions, z.ZodType>)
    .optional(),
};

/** Words for what is not of the form of `database`. */
export const DATABASE_WORDS = {
  problem: 'must be a text, an object with "url" and perhaps "directUrl" and "deployment", or null',
  suggestion:
    'write "database": "sqlite:.agentos/agentos.db", or the address of a PostgreSQL, or null to keep everything in memory',
};

/** Name on the wire (contract 4.0) where none is chosen. */
export const DEFAULT_DATABASE_ID = "agentos";
/** Where neither option nor environment says otherwise; beside the keys of `agentos dev`. */
const DEFAULT_DATABASE = "sqlite:.agentos/agentos.db";

/** Where data is kept. */
export interface ResolvedDatabase {
  /** Undefined: in memory. A path is absolute. */
  readonly location: DatabaseLocation | undefined;
  /** For people: where it is, and nothing that is secret. */
  readonly shown: string;
  readonly deployment: string;
  /** The option or variable that named it, for faults. */
  readonly at: string;
}

export interface DatabaseContext {
  /** `DATABASE_URL`. */
  readonly databaseUrl: string | undefined;
  /** `DATABASE_DIRECT_URL`. Default: none, as for a command, which listens to nobody. */
  readonly directUrl?: string | undefined;
  /** Id of this AgentOS. */
  readonly id: string;
  /** Where relative paths start. */
  readonly workingDirectory: string;
}

/** The database that is meant, or what is wrong with how it is named. The password in an address is in neither. */
export function resolveDatabase(
  option: string | DatabaseOptions | null | undefined,
  { databaseUrl, directUrl, id, workingDirectory }: DatabaseContext,
): ResolvedDatabase | Fault {
  const { text, at, deployment = id } = readOption(option, databaseUrl);
  if (text === null)
    return { location: undefined, shown: "none: in memory, until this process ends", deployment, at };
  const location = parseLocation(text);
  if (typeof location === "string")
    return createOptionFault({ option: at, ...describeLocationFault(location) });
  const whole = withDirectUrl(location, {
    option: typeof option === "object" ? option?.directUrl : undefined,
    variable: directUrl,
  });
  return "code" in whole ? whole : { ...placeLocation(whole, workingDirectory), deployment, at };
}

function readOption(
  option: string | DatabaseOptions | null | undefined,
  databaseUrl: string | undefined,
): { readonly text: string | null; readonly at: string; readonly deployment?: string | undefined } {
  if (option === undefined)
    return databaseUrl === undefined
      ? { text: DEFAULT_DATABASE, at: "database" }
      : { text: databaseUrl, at: "DATABASE_URL" };
  if (option === null || typeof option === "string") return { text: option, at: "database" };
  return { text: option.url, at: "database.url", deployment: option.deployment };
}

const DAY_SECONDS = 24 * 60 * 60;
const DEFAULT_DENIALS_DAYS = 30;
const DEFAULT_DECISIONS_DAYS = 8;
const HOUR_SECONDS = 60 * 60;

/** Every period in seconds. */
export function resolveRetention({
  sessionsDays,
  memoriesDays,
  denialsDays = DEFAULT_DENIALS_DAYS,
  decisionsDays = DEFAULT_DECISIONS_DAYS,
  eventsHours,
}: RetentionOptions = {}): Retention {
  const toSeconds = (ofOption: number | undefined) => ofOption && ofOption * DAY_SECONDS;
  return {
    sessionsSeconds: toSeconds(sessionsDays),
    memoriesSeconds: toSeconds(memoriesDays),
    denialsSeconds: toSeconds(denialsDays),
    decisionsSeconds: toSeconds(decisionsDays),
    eventsSeconds: eventsHours === undefined ? DEFAULT_EVENTS_SECONDS : eventsHours * HOUR_SECONDS,
  };
}
