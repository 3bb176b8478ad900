// Keys and many different tokens, each valid for an hour.
import { createTestKey, goodToken, signToken, type TestAlgorithm, type TestKey } from "@agentos/testkit";

export const AUDIENCE = "bench";
export const SCOPES = ["agents:read", "agents:run", "sessions:read", "config:read"];

export interface TokenSet {
  readonly key: TestKey;
  readonly tokens: readonly string[];
}

export async function createTokens(algorithm: TestAlgorithm, count: number): Promise<TokenSet> {
  const key = await createTestKey(algorithm, { kid: `bench-${algorithm}` });
  const now = Math.floor(Date.now() / 1_000);
  const tokens = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      signToken(goodToken({ key, now, audience: AUDIENCE, subject: `user-${index}`, scopes: SCOPES })),
    ),
  );
  return { key, tokens };
}

/** The token of a turn; every turn another one until all have been used. */
export function pick(tokens: readonly string[], turn: number): string {
  return tokens[turn % tokens.length] ?? "";
}
