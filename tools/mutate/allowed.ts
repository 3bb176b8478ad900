// Mutations that no test can notice, or that none needs to: each with its reason. `tools/mutate.ts` fails on any other
// survivor, and `mutations.test.ts` on an entry that names no mutation of the present code.

export interface Allowed {
  /** Below `packages/auth/src`. */
  readonly file: string;
  /** The source line, trimmed. */
  readonly code: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

export const allowed: readonly Allowed[] = [];
