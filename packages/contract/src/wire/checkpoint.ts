/** The places of a run from which it can be continued (contract 4.3): one behind each message that is not within a call. */
import { z } from "zod";
import { jsonObjectSchema, messageSchema } from "./message.ts";
import { runStatusSchema } from "./run-output.ts";

const checkpointSchema = z
  .object({
    checkpoint_id: z.string(),
    run_id: z.string(),
    session_id: z.string(),
    /** Messages of the run before this place. */
    message_index: z.number().int().min(0),
    /** For `continue_from` of `/continue`: the same number. */
    continue_from: z.number().int().min(0),
    /** Of the run: `RUNNING`, but at its end. */
    status: runStatusSchema,
    reason: z.enum(["start", "user_message", "model_answer", "tool_result", "run_end"]),
    /** Seconds since 1970, of the message. */
    created_at: z.number().int(),
    /** The last message before this place; null at the start. */
    message_id: z.string().nullable(),
    message_role: z.string().nullable(),
    /** How it begins. */
    message_preview: z.string().nullable(),
    is_latest: z.boolean(),
  })
  .meta({ id: "Checkpoint", description: "A place of a run from which it can be continued" });

/** `GET …/checkpoints`. */
export const checkpointListSchema = z
  .object({ run_id: z.string(), session_id: z.string(), checkpoints: z.array(checkpointSchema) })
  .meta({ id: "CheckpointList", description: "oldest first" });

/** `GET …/checkpoints/{message_index}`. */
export const checkpointDetailSchema = z
  .object({
    checkpoint: checkpointSchema,
    snapshot: z.object({
      messages: z.array(messageSchema),
      /** Of the run. */
      metadata: jsonObjectSchema.optional(),
    }),
  })
  .meta({ id: "CheckpointDetail", description: "A place of a run, and the messages before it" });

/** `POST …/sessions/{session_id}/fork`. */
export const forkedSessionSchema = z
  .object({ session_id: z.string(), forked_from_session_id: z.string() })
  .meta({ id: "ForkedSession", description: "the new session, and the one that it is a copy of" });

/** A place of a run from which it can be continued. */
export type Checkpoint = z.infer<typeof checkpointSchema>;
