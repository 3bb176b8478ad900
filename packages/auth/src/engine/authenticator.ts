/** The port of one kind of credential. */
import type { Identity } from "../identity/identity.ts";
import type { Result } from "../outcome/result.ts";
import type { Credential } from "../request/extract-credential.ts";

/**
 * Judges one kind of credential. Of a list the first that recognises a credential judges it, and no other is asked: a
 * credential is never tried as something else.
 */
export interface Authenticator {
  /** For people: what it is about. */
  readonly kind: string;
  /** Whether this one is to judge it. Never throws. */
  recognises(credential: Credential): boolean;
  /** Whose it is, or why it is refused. At once where nothing has to be waited for. Never throws or rejects. */
  verify(credential: Credential): Result<Identity> | Promise<Result<Identity>>;
}

/** One that only refuses, by name: what it recognises is no credential of this server. */
export function createRefusing(
  kind: string,
  recognises: Authenticator["recognises"],
  refusal: Result<never>,
): Authenticator {
  return Object.freeze({ kind, recognises, verify: () => refusal });
}
