/** Taking up the stream of a run again (contract 5.6), and the answer to a run that goes on in the background (4.3). */
import { z } from "zod";
import { runEventSchema } from "./run-events.ts";

const LAST_EVENT_INDEX = "Index of the last event that the client has; absent: it has none";
const SESSION_ID = "Session of the run; callers who reach only their own data have to name it";

/** Multipart, urlencoded or JSON; both may be missing. */
export const resumeFormSchema = z
  .object({
    last_event_index: z.int().optional().meta({ description: LAST_EVENT_INDEX }),
    session_id: z.string().optional().meta({ description: SESSION_ID }),
  })
  .meta({ id: "ResumeForm", description: "Where a client was when it lost its stream" });

const control = { run_id: z.string(), status: z.string(), message: z.string() };
const count = z.int().min(0);

/**
 * Frames that say where the stream stands; the events of the run follow them, each with its `event_index`. The end of a run
 * that could not be stored has none: it is not kept, and the run may have another event there.
 */
export const resumeEventSchema = z
  .union([
    z.object({ event: z.literal("catch_up"), ...control, missed_events: count, current_event_count: count }),
    z.object({ event: z.literal("subscribed"), ...control, current_event_count: count }),
    z.object({
      event: z.literal("replay"),
      ...control,
      total_events: count,
      total_buffered: count.optional(),
      last_event_index_requested: z.int().nullish(),
    }),
    z.object({ event: z.literal("error"), error: z.string() }),
    runEventSchema,
  ])
  .meta({ id: "ResumeEvent", description: "A control frame, or an event of the run" });

/** Status 202: the run is kept, and goes on by itself. */
export const pendingRunSchema = z
  .object({ run_id: z.string(), session_id: z.string(), status: z.literal("PENDING") })
  .meta({ id: "PendingRun", description: "A run that goes on in the background" });
