/** Key pairs of an instance, tokens that they sign, and what is revoked. */
import { z } from "zod";
import { nextSchema, pageQuerySchema, timeSchema } from "./fields.ts";

/** From birth to end: in the key set; signing; in the key set until the last token has ended; gone. */
export const KEY_STATIONS = ["published", "signing", "retiring", "retired"] as const;

export const signingKeySchema = z
  .object({
    /** RFC 7638 thumbprint, and key id. */
    kid: z.string(),
    algorithm: z.literal("RS256"),
    station: z.enum(KEY_STATIONS),
    created_at: timeSchema,
    signing_since: timeSchema.nullable(),
    retired_at: timeSchema.nullable(),
    /** When the last token that it has signed ends; null where it has signed none. */
    last_token_ends_at: timeSchema.nullable(),
    public_pem: z.string(),
    /** Whether the instance has it; null where that is not known. */
    is_loaded: z.boolean().nullable(),
    /** Requests since `counted_since` that came with it, as the instance counts; null where that is not known. */
    request_count: z.int().nullable(),
  })
  .meta({ id: "InstanceKey" });

export const signingKeyListSchema = z
  .object({
    data: z.array(signingKeySchema),
    /** Public addresses of the keys. */
    jwks_url: z.string(),
    issuer: z.string(),
    jwks: z.record(z.string(), z.unknown()),
    /** Keys that the instance has and this control plane does not hold, by thumbprint. */
    foreign_thumbprints: z.array(z.string()),
    /** When the instance was asked last; null where it never was. */
    observed_at: timeSchema.nullable(),
    /** Since when it has counted requests: for an hour, or since its start; null where that is not known. */
    counted_since: timeSchema.nullable(),
  })
  .meta({ id: "InstanceKeys" });

export const tokenInputSchema = z.strictObject({
  /** `console`: for the page that asks; `curl`: to be shown and copied. Either lives for five minutes. */
  purpose: z.enum(["console", "curl"]).default("console"),
  /** A part of what the role gives. Default: all of it. */
  scopes: z
    .array(z.string().min(1).max(200))
    .max(200)
    .refine((scopes) => scopes.join(" ").length <= 6_000, "have more than 6,000 characters together")
    .optional(),
});

export const mintedTokenSchema = z
  .object({
    token: z.string(),
    /** The one address that it is for: an instance that was moved meanwhile is somewhere else than you may think. */
    endpoint: z.string(),
    expires_at: timeSchema,
    scopes: z.array(z.string()),
    audience: z.string(),
    issuer: z.string(),
    kid: z.string(),
    jti: z.string(),
    subject: z.string(),
  })
  .meta({ id: "MintedToken" });

export const REVOCATION_STATES = ["applied", "pending", "over"] as const;

export const sentRevocationSchema = z
  .object({
    number: z.int(),
    instance_id: z.string(),
    instance_name: z.string(),
    kind: z.enum(["sid", "subject", "key"]),
    /**
     * Why: `session-ended`, `role-changed`, `member-removed`, `password-changed`, `key-retired`, `endpoint-changed`,
     * `instance-deleted`.
     */
    reason: z.string(),
    person_id: z.string().nullable(),
    /** `pending` until the instance has said that it is in force, `over` once it is not told any more. */
    state: z.enum(REVOCATION_STATES),
    created_at: timeSchema,
    applied_at: timeSchema.nullable(),
    /** So long the instance is told, if it must be: a day, which is the longest that it takes a token. */
    until: timeSchema,
    /** Why it is pending, in our words. */
    trouble: z.string().nullable(),
  })
  .meta({ id: "SentRevocation" });

export const sentRevocationListSchema = z.object({ data: z.array(sentRevocationSchema), next: nextSchema });
export const sentRevocationQuerySchema = pageQuerySchema.extend({
  state: z.enum(REVOCATION_STATES).optional(),
});
