/** Who changed what. */
import { z } from "zod";
import { nextSchema, pageQuerySchema, timeSchema } from "./fields.ts";

export const auditEntrySchema = z
  .object({
    /** Counts up in the order of the changes. */
    number: z.int(),
    at: timeSchema,
    /** What was done, such as `member.role-changed`. */
    action: z.string(),
    actor: z.object({
      /** `command-line`: on the machine itself; `system`: by the control plane. */
      kind: z.enum(["person", "command-line", "system"]),
      person_id: z.string().nullable(),
      /** Their name then. */
      name: z.string().nullable(),
      session_id: z.string().nullable(),
      /** Address of the client; null where it is not known. */
      address: z.string().nullable(),
    }),
    /** What it was done to. */
    target: z.object({ kind: z.string(), id: z.string(), name: z.string().nullable() }),
    /** What it was before; null where there was nothing. Never a secret. */
    before: z.record(z.string(), z.unknown()).nullable(),
    /** What it is now; null where there is nothing any more. */
    after: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: "AuditEntry" });

export type AuditEntryObject = z.infer<typeof auditEntrySchema>;

export const auditQuerySchema = pageQuerySchema.extend({
  action: z.string().max(100).optional(),
  person_id: z.string().max(100).optional(),
  target_id: z.string().max(100).optional(),
});

export const auditListSchema = z.object({
  data: z.array(auditEntrySchema),
  next: nextSchema,
  kept_days: z.number().meta({ description: "days after which an entry is deleted; `audit.swept` says so" }),
});
