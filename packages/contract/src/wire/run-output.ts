/** The answer of a run that is not streamed, and of a stored run (contract 4.3). Keys without a value are left out. */
import { z } from "zod";
import {
  jsonObjectSchema,
  mediaSchema,
  messageSchema,
  metricsSchema,
  requirementSchema,
  toolExecutionSchema,
} from "./message.ts";
import { runEventSchema, teamRunEventSchema } from "./run-events.ts";

/** Every state of a run, in the words of the contract. */
export const RUN_STATUSES = [
  "PENDING",
  "RUNNING",
  "COMPLETED",
  "PAUSED",
  "CANCELLED",
  "ERROR",
  "REGENERATED",
] as const;

/** State of a run. */
export const runStatusSchema = z.enum(RUN_STATUSES).meta({ id: "RunStatus" });

/** What the run was asked; media without their bytes. */
export const runInputSchema = z
  .object({
    input_content: z.string(),
    images: z.array(mediaSchema).optional(),
    videos: z.array(mediaSchema).optional(),
    audios: z.array(mediaSchema).optional(),
    files: z.array(mediaSchema).optional(),
  })
  .meta({ id: "RunInput" });

/** The keys of an output, `names` being the id and the name of what ran. */
function outputOf<const Names extends z.ZodRawShape, const Event extends z.ZodType>(
  names: Names,
  event: Event,
) {
  return {
    run_id: z.string(),
    ...names,
    session_id: z.string(),
    /** The run that caused this one. */
    parent_run_id: z.string().optional(),
    workflow_id: z.string().optional(),
    /** Its owner; absent where nobody is named. */
    user_id: z.string().optional(),
    input: runInputSchema,
    /** The answer; after a failure a text for the caller. */
    content: z.string(),
    /** Type of the content: `str` for text. */
    content_type: z.string(),
    reasoning_content: z.string().optional(),
    model: z.string(),
    model_provider: z.string(),
    /** Those of this run, in their order. */
    messages: z.array(messageSchema),
    metrics: metricsSchema,
    tools: z.array(toolExecutionSchema).optional(),
    /** As given in the form. */
    metadata: jsonObjectSchema.optional(),
    /** State of the session after the run. */
    session_state: jsonObjectSchema,
    /** Seconds since 1970. */
    created_at: z.number().int(),
    /** Only where a stored run is read. */
    events: z.array(event).optional(),
    status: runStatusSchema,
    /** With the status `PAUSED`: what it waits for. */
    requirements: z.array(requirementSchema).optional(),
    /** The run whose messages this one began with. */
    forked_from_run_id: z.string().optional(),
    /** So many of them. */
    forked_from_message_index: z.number().int().optional(),
    /** The session that it was copied from. */
    forked_from_session_id: z.string().optional(),
    /** The run whose answer was made again. */
    regenerated_from: z.string().optional(),
    /** With the status `REGENERATED`: the run that took its place. */
    replaced_by: z.string().optional(),
  };
}

/** An agent's run with everything that it did. */
export const runOutputSchema = z
  .object(outputOf({ agent_id: z.string(), agent_name: z.string() }, runEventSchema))
  .meta({ id: "RunOutput" });

/** A team's run with everything that it did. */
export const teamRunOutputSchema = z
  .object(
    outputOf({ team_id: z.string(), team_name: z.string() }, z.union([teamRunEventSchema, runEventSchema])),
  )
  .extend({
    /** Runs of the members, in their order. */
    get member_responses() {
      return z.array(z.union([runOutputSchema, teamRunOutputSchema]));
    },
  })
  .meta({ id: "TeamRunOutput" });

/** State of a run. */
export type RunStatus = z.infer<typeof runStatusSchema>;
/** What a run was asked; media without their bytes. */
export type RunInputSummary = z.infer<typeof runInputSchema>;
/** An agent's run with everything that it did. */
export type RunOutput = z.infer<typeof runOutputSchema>;
/** A team's run with everything that it did. */
export type TeamRunOutput = z.infer<typeof teamRunOutputSchema>;
/** A run of whatever kind with everything that it did; a workflow's arrives with workflows. */
export type AnyRunOutput = RunOutput | TeamRunOutput;
