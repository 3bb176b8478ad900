/** Options of one trusted issuer: its keys, algorithms, audience and ceiling belong together (weak-spots B2). */
import { isSigningAlgorithm } from "@agentos/auth";
import { z } from "zod";
import { filledText as text } from "./empty-value.ts";

const texts = z.array(text);

/** Begins with a letter or a digit, so that it is no dot file, no option and no `__proto__`. */
export const issuerNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][\w.-]{0,63}$/,
    'must be 1 to 64 letters, digits, ".", "_" or "-", of which the first is a letter or a digit',
  );

export const issuerSchema = z.strictObject({
  /** Exact `iss` of its tokens, to the letter; its URL where the keys come by discovery. Default none: it is required. */
  issuer: text,
  /** Stable name of the issuer, chosen by you: it is part of every identity that the issuer names, and of no token. Default "default". */
  name: issuerNameSchema.optional(),
  /** Name of another issuer whose users these are too, instead of a `name`: the same id is then the same user. Default: it has users of its own. */
  sharesUsersWith: text.optional(),
  /** Address of its JWKS: https, or http on this machine. Default: the `jwks_uri` of its OpenID Connect discovery document. */
  jwksUrl: text.optional(),
  /** Public keys (PEM, JWK or JWKS text) or HMAC secrets, instead of an address. Default none. */
  verificationKeys: texts.min(1).optional(),
  /** JWKS file, instead of an address; re-read when it changes. Default none. */
  jwksFile: text.optional(),
  /** The only algorithms that its tokens may be signed with; a single one also decides for keys that name none. Default: what its keys say. */
  algorithms: z
    .array(text.refine(isSigningAlgorithm, "is not an algorithm that is supported"))
    .min(1)
    .optional(),
  /** Accepted audiences of its tokens. Default: the `audience` above. */
  audience: z.union([text, texts.min(1)]).optional(),
  /** The most that its tokens may grant: scopes beyond are dropped, the admin scope too unless it is listed. Default: no ceiling but, with several issuers, without the admin scope and every scope of `authz`. */
  allowedScopes: texts.optional(),
  /** Put before the user ids of its tokens, so that people and tools can tell its "alice" from another issuer's. It is part of the id: users who have data already would be new ones. Default none, or that of the issuer that it shares its users with. */
  subjectPrefix: z
    .string()
    .regex(/^[\w.-]{1,31}[:|/]$/, 'must be a short name that ends with ":", "|" or "/"')
    .optional(),
});

export type IssuerOptions = z.input<typeof issuerSchema>;
