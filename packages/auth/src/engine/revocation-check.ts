/** The port of revocation: who was let in once may be shut out before the credential expires. */
import type { Identity } from "../identity/identity.ts";
import type { Refusal } from "../outcome/result.ts";

/**
 * Why an identity is not let in any more; undefined when it is. Asked on every request, for cached tokens too, so it
 * answers from memory. Without one nothing is ever revoked.
 */
export type RevocationCheck = (identity: Identity) => Refusal | undefined;
