/** A step of the engine answers with a value: what it found, or why it refuses. */
import type { Facts, RefusalCode } from "@agentos/contract";

/** What names an owner of data, part by part. */
export interface OwnerParts {
  /** Name of the issuer of the credential. */
  readonly issuer: string;
  /** How the owner is known. */
  readonly kind: string;
  /** Unique among its kind and issuer. */
  readonly id: string;
}

/** A request refused: code, facts, and what the operator may learn beyond them. */
export interface Refusal {
  /** Its entry in the catalogue. */
  readonly code: RefusalCode;
  /** Values for the catalogue's texts. The caller sees those that the entry lists as public, the denial record all. */
  readonly facts: Facts;
  /** Who was refused, once verified. */
  readonly subject?: string | undefined;
  /** Name of the issuer that says so: another one's subject of the same name is somebody else. */
  readonly issuer?: string | undefined;
  /**
   * The same as the owner of data: absent unless the whole name is verified and may be theirs. Who reads refusals of
   * their own is told by this, never by the text of `subject`.
   */
  readonly owner?: OwnerParts | undefined;
  /** What went wrong underneath, for the log only. */
  readonly cause?: unknown;
}

/** What a step found, or what is wrong: of a request a {@link Refusal}, elsewhere a fault of its own kind. Nothing is thrown. */
export type Result<T, F = Refusal> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: F };

/** A step that passed. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** A step that did not pass. */
export function fail<F>(fault: F): { readonly ok: false; readonly fault: F } {
  return { ok: false, fault };
}

/** A request refused. `cause` goes to the log and never to the caller. */
export function refuse(
  code: RefusalCode,
  facts: Facts = {},
  cause?: unknown,
): { readonly ok: false; readonly fault: Refusal } {
  return fail(cause === undefined ? { code, facts } : { code, facts, cause });
}
