/**
 * A recorded refusal as `GET /authz/denials` and `GET /authz/denials/{denial_id}` show it. Who holds `authz:read` sees
 * the operator's view; any other verified caller the caller's view of refusals of their own.
 */
import { z } from "zod";
import { STAGES } from "../errors/entry.ts";
import { pageMetaSchema } from "./page.ts";

/** What both views have: nothing that the refused caller was not told. */
const callerDenialSchema = z.object({
  /** The `denial_id` of the answers that it stands for. */
  denial_id: z.string(),
  /** Code that the caller was shown; a code of the catalogue. */
  code: z.string(),
  /** HTTP status of the answers. */
  status: z.int(),
  /** The catalogue's line for the code. */
  title: z.string(),
  /** The contract's sentence. */
  detail: z.string(),
  /** What to do next. */
  fix: z.string(),
  /** Page about the code, relative to this server. */
  type: z.string(),
  /** `METHOD /template` of the matched route. */
  route: z.string(),
  /** Seconds since the epoch of the first. */
  created_at: z.int(),
  /** Seconds since the epoch of the newest. */
  last_seen_at: z.int(),
  /** How many equal refusals it stands for. */
  count: z.int(),
  /** With 403 for scopes: all that the route asks for. */
  required_scopes: z.array(z.string()).optional(),
  /** With 403 for scopes: those of them that the caller lacks. */
  missing_scopes: z.array(z.string()).optional(),
});

/** A recorded refusal, as the caller's or the operator's view. */
export const denialSchema = z
  .discriminatedUnion("view", [
    callerDenialSchema.extend({ view: z.literal("caller") }),
    callerDenialSchema.extend({
      view: z.literal("operator"),
      /** The exact cause; `code` is what the caller was shown. */
      exact_code: z.string(),
      /** The check that refused. */
      stage: z.enum(STAGES),
      /** Every check in its order, with what became of it. */
      timeline: z.array(
        z.object({
          stage: z.enum(STAGES),
          outcome: z.enum(["passed", "failed", "not reached", "not configured"]),
        }),
      ),
      /** Expected and found, by name; never a credential. */
      facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
      /** Who was refused, once verified. */
      subject: z.string().nullable(),
      /** Name of the issuer of `subject`. */
      issuer: z.string().nullable(),
      /** Address of the client. */
      client: z.string().nullable(),
    }),
  ])
  .meta({ id: "Denial", description: "a recorded refusal, with its cause and fix" });

/** A recorded refusal. */
export type DenialObject = z.infer<typeof denialSchema>;

/** The last second of the year 9999. */
const LAST_SECOND = 253_402_300_799;

const timeSchema = z.int().min(0).max(LAST_SECOND).optional();

/** What both lists can be cut down by. */
const denialFilterShape = {
  limit: z.int().min(1).max(100).optional().meta({ description: "most on a page; default 20" }),
  page: z.int().min(1).max(1_000_000).optional().meta({ description: "which page; default 1" }),
  code: z.string().optional().meta({ description: "only refusals with this code" }),
  route: z.string().optional().meta({ description: "only refusals of this route, as METHOD /template" }),
  client: z.string().optional().meta({ description: "only from this address; with authz:read" }),
  subject: z.string().optional().meta({ description: "only of this verified subject; with authz:read" }),
  since: timeSchema.meta({ description: "only those last seen then or later, seconds since the epoch" }),
  until: timeSchema.meta({ description: "only those last seen before, seconds since the epoch" }),
};

/** Query of `GET /authz/denials`; what is not named here is not read. */
export const denialQuerySchema = z.object(denialFilterShape);

/** What recorded refusals are counted by. */
export const DENIAL_GROUPINGS = ["code", "route", "client", "subject", "hour"] as const;

/** Query of `GET /authz/denials/counts`; what is not named here is not read. */
export const denialCountQuerySchema = z.object({
  by: z
    .enum(DENIAL_GROUPINGS)
    .optional()
    .meta({ description: "what they are counted by; client and subject with authz:read; default code" }),
  ...denialFilterShape,
});

/** `GET /authz/denials`. */
export const denialListSchema = z
  .object({ data: z.array(denialSchema), meta: pageMetaSchema })
  .meta({ id: "DenialList", description: "a page of recorded refusals, newest first" });

/** A page of recorded refusals. */
export type DenialList = z.infer<typeof denialListSchema>;

/** `GET /authz/denials/counts`. */
export const denialCountListSchema = z
  .object({
    data: z.array(
      z.object({
        /** What they have in common; of an hour its first second since the epoch. Null where it is not known. */
        value: z.string().nullable(),
        /** Refusals. */
        count: z.int(),
        /** Records that they are kept as. */
        records: z.int(),
        /** Seconds since the epoch of the newest. */
        last_seen_at: z.int(),
      }),
    ),
    meta: pageMetaSchema,
  })
  .meta({ id: "DenialCountList", description: "how many refusals were recorded, most first" });

/** How many refusals were recorded. */
export type DenialCountList = z.infer<typeof denialCountListSchema>;
