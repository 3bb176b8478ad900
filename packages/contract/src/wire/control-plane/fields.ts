/** What the bodies of the control plane have in common. Bodies are strict: a field that is not listed is refused. */
import { z } from "zod";

/** Letters that a page or a terminal shows as something else, or not at all, make two names look like one. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/u;

/** A name for people, without spaces around it and without what cannot be seen. */
export const nameSchema = z
  .string()
  .max(200)
  .transform((text) => text.normalize("NFC").trim())
  .refine((text) => text.length > 0 && text.length <= 100, "must have 1 to 100 characters")
  .refine((text) => !UNSHOWN.test(text), "has a character that cannot be seen");

/** What better-auth takes for one when somebody signs in: an address that it refuses would be nobody's for ever. */
const plainEmailSchema = z.email();

/** An address for signing in. Kept in lower case, so that one address is one person. */
export const emailSchema = z
  .string()
  .max(254)
  .transform((text) => text.normalize("NFC").trim().toLowerCase())
  .refine((text) => !UNSHOWN.test(text), "has a character that cannot be seen")
  .refine((text) => plainEmailSchema.safeParse(text).success, "is no e-mail address");

/** A new password. */
export const passwordSchema = z.string().min(12).max(128);

/** Seconds since the epoch. */
export const timeSchema = z.number().meta({ description: "seconds since the epoch" });

/** A page of a list that grows: `before` is the `next` of the page before. */
export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  before: z.coerce.number().int().min(1).optional(),
});

/** Where the next page begins; null on the last one. */
export const nextSchema = z.int().nullable();
