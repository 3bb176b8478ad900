/** Why a request to an instance was refused. */
import { z } from "zod";
import { denialSchema } from "../denial.ts";
import { instanceFindingSchema } from "./instance.ts";

export const diagnosisInputSchema = z.strictObject({
  /** What was asked. */
  request: z.strictObject({
    method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    /** Path on the instance, without its prefix. */
    path: z.string().max(2_000).startsWith("/"),
  }),
  /** What came back; left out where nothing did. */
  answer: z
    .strictObject({
      status: z.int().min(100).max(599),
      /** Members of the body, where it is JSON. */
      body: z.record(z.string(), z.unknown()).optional(),
      /** Its `Date` header. */
      date: z.string().max(64).optional(),
    })
    .optional(),
  /** What the browser saw where nothing came back. */
  outcome: z
    .enum(["answered", "unreachable", "cors-refused", "mixed-content", "local-network-refused", "timed-out"])
    .default("answered"),
  /** What was sent. */
  credential: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("none") }),
      /** One that this control plane has minted. */
      z.strictObject({
        kind: z.literal("minted"),
        jti: z
          .string()
          .max(256)
          .regex(/^[\w-]+$/),
      }),
      z.strictObject({ kind: z.literal("security-key") }),
      /** A token of somebody else: judged, and neither kept nor repeated. */
      z.strictObject({ kind: z.literal("token"), token: z.string().max(16_384) }),
    ])
    .default({ kind: "none" }),
  /** The record of the refusal, read from the instance by whoever asks, with their own token. */
  denial: denialSchema.optional(),
});

export const diagnosisSchema = z
  .object({
    /** The one that applies first; the others may apply too. Empty where nothing is to be explained. */
    causes: z.array(instanceFindingSchema),
    /** Whether the control plane knows what the instance enforces, or only what was told. */
    knows: z.array(z.string()),
  })
  .meta({ id: "Diagnosis" });
