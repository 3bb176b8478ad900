/** The port of revocation: who was let in once may be shut out before the credential expires. */
import type { Identity } from "../identity/identity.ts";
import type { Refusal } from "../outcome/result.ts";

/**
 * Why an identity is not let in any more; undefined when it is. Asked on every request, for cached tokens too, so it
 * answers from memory, and with a promise only where it has to find out first what was revoked. Without one nothing is
 * ever revoked.
 *
 * It goes by what is in the identity: its owner, the key that verified the token, and the `token`, which is named by its
 * id or, where it has none, by the hash of its signing input.
 */
export type RevocationCheck = (identity: Identity) => Refusal | undefined | Promise<Refusal | undefined>;
