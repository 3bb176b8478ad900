/** What is revoked, as `/authz/revocations` reads and shows it. */
import { z } from "zod";
import { REVOKED_AHEAD_SECONDS } from "../errors/auth-refusals.ts";
import { pageMetaSchema } from "./page.ts";

/** What a revocation may be about. */
const REVOCATION_KINDS = ["jti", "sid", "subject", "key"] as const;

/** Longest id that a token may carry, and so the longest that can be revoked. */
export const MAX_IDENTIFIER_CHARACTERS = 256;

const kind = z.enum(REVOCATION_KINDS).meta({
  description:
    "jti: one token; sid: all tokens of one sign-in; subject: the tokens of one user that were issued before; key: all tokens that one key has signed",
});
const time = z.int().min(0);

/** Body of `POST /authz/revocations`. Nothing is passed over: nobody takes back what a misspelt field has revoked. */
export const revocationInputSchema = z
  .strictObject({
    kind,
    value: z.string().min(1).max(MAX_IDENTIFIER_CHARACTERS).meta({
      description:
        "the value of that claim; a subject may also be written with the prefix of its issuer, and one that begins with it is read so; of a key its RFC 7638 thumbprint",
    }),
    issuer: z.string().min(1).nullish().meta({
      description: 'name that this AgentOS has for the issuer; default "default"; left out for a key',
    }),
    issued_before: time.nullish().meta({
      description: `of a subject: only tokens that were issued before, and those that do not say when, seconds since the epoch; default, and latest: ${REVOKED_AHEAD_SECONDS} seconds ahead, since the clock of an issuer may be ahead; earliest: as long ago as a token may live. Who signs in again after them is let in`,
    }),
    until: time.nullish().meta({
      description:
        "when it is forgotten, seconds since the epoch; default: when the last such token must have expired by the policy of the server that is asked. Where another server, or a policy to come, lets tokens live longer, give it",
    }),
  })
  .meta({ id: "RevocationInput", description: "what to revoke" });

/** What to revoke. */
export type RevocationInput = z.infer<typeof revocationInputSchema>;

/** A revocation that is in force. */
const revocationSchema = z
  .object({
    /** Newer ones have a higher one. */
    id: z.int(),
    kind,
    value: z.string(),
    /** Null for a key, which is the same whoever uses it. */
    issuer: z.string().nullable(),
    issued_before: z.int().nullable(),
    until: z.int(),
    /** Seconds since the epoch. */
    created_at: z.int(),
    /** Who revoked; null where the credential names nobody. */
    created_by: z.object({ issuer: z.string(), subject: z.string() }).nullable(),
  })
  .meta({ id: "Revocation", description: "credentials that are not accepted any more" });

/** A revocation that is in force. */
export type RevocationObject = z.infer<typeof revocationSchema>;

/** `POST /authz/revocations`. */
export const revokedSchema = z
  .object({
    revocation: revocationSchema,
    /** Servers that live and did not say in time that they know it; none: it is in force everywhere. */
    servers_behind: z.array(
      z.object({
        id: z.string(),
        /** Name of its machine. */
        host: z.string(),
      }),
    ),
  })
  .meta({ id: "Revoked", description: "a revocation, and where it is not in force yet" });

/** A revocation, and where it is not in force yet. */
export type Revoked = z.infer<typeof revokedSchema>;

/** Query of `GET /authz/revocations`; what is not named here is not read. */
export const revocationQuerySchema = z.object({
  limit: z.int().min(1).max(100).optional().meta({ description: "most on a page; default 20" }),
  page: z.int().min(1).max(1_000_000).optional().meta({ description: "which page; default 1" }),
  kind: z.enum(REVOCATION_KINDS).optional().meta({ description: "only of this kind" }),
  issuer: z.string().optional().meta({ description: "only of this issuer" }),
  value: z.string().optional().meta({ description: "only those about this value" }),
});

/** `GET /authz/revocations`. */
export const revocationListSchema = z
  .object({ data: z.array(revocationSchema), meta: pageMetaSchema })
  .meta({ id: "RevocationList", description: "a page of what is revoked, newest first" });

/** A page of what is revoked. */
export type RevocationList = z.infer<typeof revocationListSchema>;
