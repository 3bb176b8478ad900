/** A key with tokens of it: what tests of a protected server need. */
import { createTestKey } from "../keys/key.ts";
import type { TestAlgorithm } from "../keys/test-algorithms.ts";
import { goodToken, signToken, withClaims } from "./token.ts";

export const TEST_OS_ID = "test-os";

export interface TestTokenOptions {
  readonly scopes?: readonly string[];
  readonly subject?: string;
  /** Replaces claims; undefined removes one. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

export interface TestIssuer {
  readonly verificationKey: string;
  /** A token that a server with this key and the id `test-os` accepts now. */
  token(options?: TestTokenOptions): Promise<string>;
  /** The same as headers of a request. */
  bearer(options?: TestTokenOptions): Promise<{ readonly authorization: string }>;
}

/** Makes a fresh key. */
export async function createTestIssuer(algorithm: TestAlgorithm = "ES256"): Promise<TestIssuer> {
  const key = await createTestKey(algorithm);
  const token = ({ scopes = [], subject = "alice", claims = {} }: TestTokenOptions = {}) => {
    const now = Math.floor(Date.now() / 1_000);
    return signToken(withClaims(goodToken({ key, now, audience: TEST_OS_ID, subject, scopes }), claims));
  };
  return {
    verificationKey: key.verificationKey,
    token,
    bearer: async (options) => ({ authorization: `Bearer ${await token(options)}` }),
  };
}
