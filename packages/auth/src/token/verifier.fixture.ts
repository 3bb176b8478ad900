/** A verifier over a fresh test key, with everything that a test may want to change. */

import { hash } from "node:crypto";
import {
  createTestClock,
  createTestKey,
  goodToken,
  type TestAlgorithm,
  type TestKey,
} from "@agentos/testkit";
import type { Identity } from "../identity/identity.ts";
import { parseJwks } from "../keys/set/parse-jwks.ts";
import { parseVerificationKey } from "../keys/set/parse-key.ts";
import { createStaticKeySource, type KeySource } from "../keys/source/key-source.ts";
import type { Result } from "../outcome/result.ts";
import { type ClaimNames, DEFAULT_CLAIM_NAMES, type TokenPolicy } from "../policy/policy.ts";
import { createTokenVerifier } from "./verify-token.ts";

export const sha256 = (text: string): string => hash("sha256", text);

export const TEST_POLICY: TokenPolicy = {
  audience: ["agent-os"],
  issuer: "https://issuer.test",
  requiresExpiration: true,
  maxLifetimeSeconds: 86_400,
  verifiesSignature: true,
  adminScope: "agent_os:admin",
  claimNames: DEFAULT_CLAIM_NAMES,
};

/** The keys as a server would have parsed them. */
export async function parseTestKeys(...keys: readonly TestKey[]) {
  const results = await Promise.all(
    keys.map((key, index) =>
      key.kid === undefined
        ? parseVerificationKey(key.verificationKey, {
            source: `key ${index}`,
            index,
            algorithm: key.algorithm,
          })
        : parseJwks(JSON.stringify({ keys: [key.jwk] }), { source: "JWKS" }),
    ),
  );
  const faults = results.flatMap((result) => result.faults);
  if (faults.length > 0) throw new Error(`a test key was not accepted: ${JSON.stringify(faults)}`);
  return results.flatMap((result) => result.keys);
}

export interface SetupOptions {
  readonly algorithm?: TestAlgorithm;
  readonly kid?: string;
  readonly policy?: Partial<TokenPolicy>;
  readonly claimNames?: Partial<ClaimNames>;
  readonly keySource?: KeySource;
  readonly cacheEntries?: number;
}

/** Key, clock, verifier, and the parts of a token that it accepts. */
export async function setUpVerifier(options: SetupOptions = {}) {
  const key = await createTestKey(options.algorithm ?? "ES256", { kid: options.kid });
  const clock = createTestClock();
  const keySource = options.keySource ?? createStaticKeySource(await parseTestKeys(key));
  const claimNames = { ...DEFAULT_CLAIM_NAMES, ...options.claimNames };
  const verifier = createTokenVerifier({
    keySource,
    policy: { ...TEST_POLICY, claimNames, ...options.policy },
    now: clock.now,
    sha256,
    ...(options.cacheEntries === undefined ? {} : { cacheEntries: options.cacheEntries }),
  });
  return {
    key,
    clock,
    verifier,
    good: goodToken({ key, now: clock.now() }),
    verify: async (token: string): Promise<Result<Identity>> => verifier.verify(token),
    /** The code of the refusal, or `passed`. */
    codeOf: async (token: string) => codeOf(await verifier.verify(token)),
  };
}

/** The code of a refusal, or `passed`. */
export function codeOf(result: Result<unknown>): string {
  return result.ok ? "passed" : result.fault.code;
}
