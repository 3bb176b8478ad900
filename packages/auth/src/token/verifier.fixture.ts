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
import { createSubjectRules } from "../identity/subject-rules.ts";
import { parseJwks } from "../keys/set/parse-jwks.ts";
import { parseVerificationKey } from "../keys/set/parse-key.ts";
import { createStaticKeySource, type KeySource } from "../keys/source/key-source.ts";
import { fail, type Result } from "../outcome/result.ts";
import { type AuthPolicy, type ClaimNames, DEFAULT_CLAIM_NAMES, type TokenPolicy } from "../policy/policy.ts";
import { createTokenVerifier, type TokenVerifier } from "./verify-token.ts";

export const sha256 = (text: string): string => hash("sha256", text);

/** The part for the tokens of the one issuer. */
export const TEST_TOKENS: TokenPolicy = {
  audience: ["agent-os"],
  issuer: "https://issuer.test",
  requiresExpiration: true,
  maxLifetimeSeconds: 86_400,
};

export const TEST_POLICY: AuthPolicy = {
  id: "agent-os",
  mode: "jwt",
  hasSecurityKey: false,
  enforcesScopes: true,
  isolatesUsers: false,
  adminScope: "agent_os:admin",
  credentialLocations: [{ in: "header", name: "Authorization" }],
  allowedOrigins: ["https://app.test"],
  claimNames: DEFAULT_CLAIM_NAMES,
  separatesIssuers: false,
  tokens: [TEST_TOKENS],
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
        : parseJwks(JSON.stringify({ keys: [key.jwk] }), { source: "JWKS", algorithm: key.algorithm }),
    ),
  );
  const faults = results.flatMap((result) => result.faults);
  if (faults.length > 0) throw new Error(`a test key was not accepted: ${JSON.stringify(faults)}`);
  return results.flatMap((result) => result.keys);
}

export interface SetupOptions {
  readonly algorithm?: TestAlgorithm;
  readonly kid?: string;
  readonly mode?: AuthPolicy["mode"];
  readonly policy?: Partial<TokenPolicy>;
  readonly claimNames?: Partial<ClaimNames>;
  readonly keySource?: KeySource;
  readonly cacheEntries?: number;
  readonly sha256?: (text: string) => string;
}

/** Key, clock, verifier, and the parts of a token that it accepts. */
export async function setUpVerifier(options: SetupOptions = {}) {
  const key = await createTestKey(options.algorithm ?? "ES256", { kid: options.kid });
  const clock = createTestClock();
  const keySource = options.keySource ?? createStaticKeySource(await parseTestKeys(key));
  const claimNames = { ...DEFAULT_CLAIM_NAMES, ...options.claimNames };
  const policy: AuthPolicy = {
    ...TEST_POLICY,
    mode: options.mode ?? "jwt",
    claimNames,
    tokens: [{ ...TEST_TOKENS, ...options.policy }],
  };
  const verifier = createTokenVerifier({
    keySource,
    policy,
    now: clock.now,
    sha256: options.sha256 ?? sha256,
    ...(options.cacheEntries === undefined ? {} : { cacheEntries: options.cacheEntries }),
  });
  const verify = createIdentify(verifier, policy);
  return {
    key,
    clock,
    verifier,
    good: goodToken({ key, now: clock.now() }),
    verify,
    /** The code of the refusal, or `passed`. */
    codeOf: async (token: string) => codeOf(await verify(token)),
  };
}

/** The verifier with the rules for names behind it, as the engine has them. */
export function createIdentify(
  verifier: TokenVerifier,
  policy: AuthPolicy,
): (token: string) => Promise<Result<Identity>> {
  const findSubjectFault = createSubjectRules(policy);
  return async (token) => {
    const verified = await verifier.verify(token);
    const refusal = verified.ok ? findSubjectFault(verified.value) : undefined;
    return refusal === undefined ? verified : fail(refusal);
  };
}

/** The code of a refusal, or `passed`. */
export function codeOf(result: Result<unknown>): string {
  return result.ok ? "passed" : result.fault.code;
}
