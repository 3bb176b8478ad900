/**
 * A run as sessions and lists of runs show it (contract 4.5): other names and more defaults than the run's own output.
 * Keys without a value are null or left out, as the route has it.
 */
import { z } from "zod";
import {
  jsonObjectSchema,
  mediaSchema,
  messageSchema,
  metricsSchema,
  toolExecutionSchema,
} from "./message.ts";
import { runStatusSchema } from "./run-output.ts";

const media = z.array(mediaSchema);

/** What a run of every kind has, `ids` before it. */
function runOf<const Ids extends z.ZodRawShape>(ids: Ids) {
  return {
    run_id: z.string(),
    ...ids,
    status: runStatusSchema.nullish(),
    /** What the run was asked. */
    run_input: z.string(),
    content: z.union([z.string(), jsonObjectSchema]),
    metrics: metricsSchema,
    reasoning_content: z.string(),
    reasoning_steps: z.array(jsonObjectSchema),
    references: z.array(jsonObjectSchema),
    reasoning_messages: z.array(messageSchema),
    citations: jsonObjectSchema.nullish(),
    images: media,
    videos: media,
    audio: media,
    files: media,
    response_audio: jsonObjectSchema.nullish(),
    /** As they were streamed, without the pieces of the answer and without the session's state. */
    events: z.array(jsonObjectSchema).nullish(),
    created_at: z.iso.datetime(),
  };
}

/** What runs of agents and teams have and those of workflows do not. */
const prefixed = {
  run_response_format: z.enum(["text", "json"]),
  messages: z.array(messageSchema).nullish(),
  tools: z.array(toolExecutionSchema).nullish(),
  /** State that the session has now; only where one run is shown. */
  session_state: jsonObjectSchema.nullish(),
  /** What came with the input; the media without their bytes. */
  input_media: z.object({ images: media, videos: media, audios: media, files: media }),
  followups: z.array(z.string()).nullish(),
  forked_from_run_id: z.string().nullish(),
  forked_from_message_index: z.int().nullish(),
  forked_from_session_id: z.string().nullish(),
  regenerated_from: z.string().nullish(),
  last_checkpoint_at_message_index: z.int().nullish(),
};

const parent = { parent_run_id: z.string() };

/** A run of an agent. */
export const sessionRunSchema = z
  .object({
    ...runOf({ ...parent, agent_id: z.string(), user_id: z.string() }),
    ...prefixed,
  })
  .meta({ id: "RunSchema", description: "an agent's run in a session" });

/** A run of a team. */
export const teamSessionRunSchema = z
  .object({
    ...runOf({ ...parent, team_id: z.string() }),
    ...prefixed,
  })
  .meta({ id: "TeamRunSchema", description: "a team's run in a session" });

/** A run of a workflow. */
const workflowSessionRunSchema = z
  .object({
    ...runOf({ workflow_id: z.string(), user_id: z.string() }),
    content_type: z.string().nullish(),
    step_results: z.array(jsonObjectSchema),
    step_executor_runs: z.array(jsonObjectSchema),
    step_requirements: z.array(jsonObjectSchema).nullish(),
    pause_kind: z.string().nullish(),
    paused_step_name: z.string().nullish(),
    paused_step_index: z.int().nullish(),
  })
  .meta({ id: "WorkflowRunSchema", description: "a workflow's run in a session" });

/** A run of any kind, told apart by the id that it has. */
export const anySessionRunSchema = z.union([
  sessionRunSchema,
  teamSessionRunSchema,
  workflowSessionRunSchema,
]);

/** An agent's run in a session. */
export type SessionRun = z.infer<typeof sessionRunSchema>;
/** A team's run in a session. */
export type TeamSessionRun = z.infer<typeof teamSessionRunSchema>;
