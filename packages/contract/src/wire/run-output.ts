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
import { runEventSchema } from "./run-events.ts";

export const RUN_STATUSES = [
  "PENDING",
  "RUNNING",
  "COMPLETED",
  "PAUSED",
  "CANCELLED",
  "ERROR",
  "REGENERATED",
] as const;

export const runStatusSchema = z.enum(RUN_STATUSES).meta({ id: "RunStatus" });

export const runInputSchema = z
  .object({
    input_content: z.string(),
    images: z.array(mediaSchema).optional(),
    videos: z.array(mediaSchema).optional(),
    audios: z.array(mediaSchema).optional(),
    files: z.array(mediaSchema).optional(),
  })
  .meta({ id: "RunInput" });

export const runOutputSchema = z
  .object({
    run_id: z.string(),
    agent_id: z.string(),
    agent_name: z.string(),
    session_id: z.string(),
    parent_run_id: z.string().optional(),
    workflow_id: z.string().optional(),
    user_id: z.string().optional(),
    input: runInputSchema,
    content: z.string(),
    content_type: z.string(),
    reasoning_content: z.string().optional(),
    model: z.string(),
    model_provider: z.string(),
    messages: z.array(messageSchema),
    metrics: metricsSchema,
    tools: z.array(toolExecutionSchema).optional(),
    metadata: jsonObjectSchema.optional(),
    session_state: jsonObjectSchema,
    created_at: z.number().int(),
    events: z.array(runEventSchema).optional(),
    status: runStatusSchema,
    requirements: z.array(requirementSchema).optional(),
  })
  .meta({ id: "RunOutput" });

export type RunStatus = z.infer<typeof runStatusSchema>;
export type RunInputSummary = z.infer<typeof runInputSchema>;
export type RunOutput = z.infer<typeof runOutputSchema>;
