/** Bodies of every error: refusals are problems, anything else has its `detail`, and a `fix` at most (contract 4.0). */
import { z } from "zod";

/** A refusal from authentication or authorization (RFC 9457; design.md section 4). */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: "page about the code, relative to this server" }),
    /** The catalogue's line for the code. */
    title: z.string(),
    /** The HTTP status again (RFC 9457 section 3.1.2). */
    status: z.int(),
    /** The contract's sentence, which existing clients show. */
    detail: z.string(),
    /** A code of the catalogue; switch on it. */
    code: z.string(),
    /** What to do next. */
    fix: z.string(),
    /** Names the record that the operator can look up. */
    denial_id: z.string(),
    /** With 403 for scopes: all that the route asks for. */
    required_scopes: z.array(z.string()).optional(),
    /** With 403 for scopes: those of them that the caller lacks. */
    missing_scopes: z.array(z.string()).optional(),
  })
  .meta({ id: "Problem", description: "why the request was refused, and what to do about it" });

/** An allowed request that there is no room for: the same without a record, because nothing was denied. */
export const limitSchema = problemSchema
  .omit({ denial_id: true, required_scopes: true, missing_scopes: true })
  .meta({ id: "Limit", description: "which limit was reached, and what to do about it" });

/** Any other error. */
export const errorSchema = z
  .object({
    detail: z.string(),
    /** What to do next, where `detail` does not say it. */
    fix: z.string().optional(),
  })
  .meta({ id: "Error" });

/** Status 422: input that cannot be used, one entry for each fault (contract 4.0). */
export const validationErrorSchema = z
  .object({
    detail: z.array(
      z.object({
        /** Kind of fault, such as `missing`. */
        type: z.string(),
        /** Where: `body`, `query`, `path` or `header`, then the name. */
        loc: z.array(z.union([z.string(), z.int()])),
        /** For people. */
        msg: z.string(),
        /** The value as sent, or null where it is not echoed. */
        input: z.unknown(),
        /** Limits that the value broke. */
        ctx: z.record(z.string(), z.unknown()).optional(),
      }),
    ),
  })
  .meta({ id: "ValidationError" });

/** Body of a refusal (RFC 9457). */
export type Problem = z.infer<typeof problemSchema>;
