/** A key with tokens of it, and a logger that remembers: what tests of a protected server need. */
import { createTestKey, goodToken, signToken, type TestAlgorithm, withClaims } from "@agentos/testkit";
import type { Logger } from "./ports/runtime.ts";

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

export interface TestLogger extends Logger {
  readonly entries: { readonly level: string; readonly facts: object; readonly text: string }[];
}

/** Creates a logger that writes nowhere. */
export function createTestLogger(): TestLogger {
  const entries: TestLogger["entries"] = [];
  const write = (level: string) => (facts: object, text: string) => void entries.push({ level, facts, text });
  return { entries, error: write("error"), warn: write("warn"), info: write("info") };
}
