/** People, their sign-ins, and what they are in an organization. */
import { z } from "zod";
import { emailSchema, nameSchema, passwordSchema, timeSchema } from "./fields.ts";

/** The built-in roles, the one that may most first. */
export const BUILT_IN_ROLES = ["owner", "administrator", "member"] as const;

/** Name of a role. Compared as it is: " owner" and "Owner" are none. */
export const roleNameSchema = z.enum(BUILT_IN_ROLES);

/** Name of a built-in role. */
export type RoleName = z.infer<typeof roleNameSchema>;

export const roleSchema = z
  .object({
    name: roleNameSchema,
    /** For people. */
    title: z.string(),
    description: z.string(),
    /** Everything that it gives, in the control plane and on instances. */
    scopes: z.array(z.string()),
  })
  .meta({ id: "Role" });

export const roleListSchema = z.object({ data: z.array(roleSchema) });

export const organizationSchema = z
  .object({ id: z.string(), name: z.string(), created_at: timeSchema })
  .meta({ id: "Organization" });

export const organizationInputSchema = z.strictObject({ name: nameSchema });

export const personSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    /** False for who has only ever come by a link. */
    has_password: z.boolean(),
  })
  .meta({ id: "Person" });

/** What the person may do in one organization. */
export const membershipSchema = z
  .object({
    organization: organizationSchema,
    role: roleNameSchema,
    scopes: z.array(z.string()),
  })
  .meta({ id: "Membership" });

export const signedInSchema = z
  .object({
    person: personSchema,
    session: z.object({ id: z.string(), created_at: timeSchema, expires_at: timeSchema }),
    memberships: z.array(membershipSchema),
  })
  .meta({ id: "SignedIn", description: "who is signed in, and what they may do in each organization" });

export const signInInputSchema = z.strictObject({
  email: emailSchema,
  /** As it was set: nothing about its length is told here. */
  password: z.string().min(1).max(128),
});

export const passwordInputSchema = z.strictObject({
  /** Left out by who has none yet. */
  current_password: z.string().min(1).max(128).optional(),
  new_password: passwordSchema,
});

export const personInputSchema = z.strictObject({ name: nameSchema });

export const sessionSchema = z
  .object({
    id: z.string(),
    /** The one that asks. */
    is_current: z.boolean(),
    created_at: timeSchema,
    expires_at: timeSchema,
    /** Address that it was begun from; null where it is not known. */
    address: z.string().nullable(),
    /** What the browser said of itself, cut. Its words. */
    user_agent: z.string().nullable(),
  })
  .meta({ id: "SignIn" });

export const sessionListSchema = z.object({ data: z.array(sessionSchema) });

/** What a one-time link is for. */
export const LINK_PURPOSES = ["owner", "sign-in", "invitation", "reset-password"] as const;
export const linkPurposeSchema = z.enum(LINK_PURPOSES);
export type LinkPurpose = z.infer<typeof linkPurposeSchema>;

/**
 * The secret of a link, from the fragment of its address. It never stands in a query or a path. Of any form: one that was
 * cut is told as a link that is not known.
 */
export const linkSecretSchema = z.string().max(1_000);

export const linkInspectionInputSchema = z.strictObject({ secret: linkSecretSchema });

export const linkInspectionSchema = z
  .object({
    purpose: linkPurposeSchema,
    /** Whom it is for; null for the first owner, who says that when redeeming it. */
    person: z.object({ name: z.string(), email: z.string() }).nullable(),
    /** The password has to be chosen when it is redeemed. */
    needs_password: z.boolean(),
    expires_at: timeSchema,
  })
  .meta({ id: "Link" });

export const redemptionInputSchema = z.strictObject({
  secret: linkSecretSchema,
  /** For the first owner. */
  name: nameSchema.optional(),
  email: emailSchema.optional(),
  /** What the first owner calls their organization. Default: after the name of the person. */
  organization_name: nameSchema.optional(),
  /** Where the link needs one. */
  password: passwordSchema.optional(),
});

export const memberSchema = z
  .object({
    person_id: z.string(),
    name: z.string(),
    email: z.string(),
    role: roleNameSchema,
    /** False until their first sign-in. */
    has_signed_in: z.boolean(),
    created_at: timeSchema,
  })
  .meta({ id: "Member" });

export const memberListSchema = z.object({ data: z.array(memberSchema) });

export const memberInputSchema = z.strictObject({
  name: nameSchema,
  email: emailSchema,
  role: roleNameSchema,
});

/** A link to hand over: shown once, and kept as a hash only. */
export const handedLinkSchema = z
  .object({
    /** The whole address, its secret in the fragment. */
    url: z.string(),
    expires_at: timeSchema,
  })
  .meta({ id: "HandedLink" });

export const addedMemberSchema = z
  .object({
    member: memberSchema,
    /** Null for a person of another organization: they sign in as they do there. */
    link: handedLinkSchema.nullable(),
  })
  .meta({ id: "AddedMember" });

export const changedMemberInputSchema = z.strictObject({ role: roleNameSchema });
