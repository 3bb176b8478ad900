/** Rows of `badTokens` whose header, algorithm or key is wrong. */

import { createTestKey } from "../keys/key.ts";
import type { TestAlgorithm } from "../keys/test-algorithms.ts";
import { embeddedKeyToken, publicKeyAsSecretToken, unsignedToken } from "./attacks.ts";
import type { BadToken } from "./bad-token.ts";
import { signToken, type TokenParts, withHeader } from "./token.ts";

const header = (entries: TokenParts["header"]) => (good: TokenParts) => signToken(withHeader(good, entries));

const none = (alg: string): BadToken => ({
  name: `"alg": "${alg}"`,
  expectedCode: "AUTH_ALGORITHM_NONE",
  make: (good) => unsignedToken(good, alg),
});

/** Signed by a stranger, with the key or its address in the header. */
const embedded = (name: string, entries: (jwk: object) => TokenParts["header"]): BadToken => ({
  name: `a stranger's key in the header as "${name}"`,
  expectedCode: "AUTH_EMBEDDED_KEY_REFUSED",
  make: (good) => embeddedKeyToken(good, ({ jwk }) => entries(jwk)),
  // The same header entry, but signed with the right key: it is ignored, not refused.
  twin: (good) => signToken(withHeader(good, entries({ kty: "OKP", crv: "Ed25519", x: "" }))),
});

const other = (algorithm: TestAlgorithm): TestAlgorithm => (algorithm === "ES256" ? "ES384" : "ES256");

export const badHeaders: readonly BadToken[] = [
  none("none"),
  none("None"),
  none("NONE"),
  none("nOnE"),
  {
    name: "an algorithm of another key",
    expectedCode: "AUTH_ALGORITHM_MISMATCH",
    make: async (good) => {
      const key = await createTestKey(other(good.key.algorithm));
      return signToken({ ...withHeader(good, { alg: key.algorithm }), key });
    },
  },
  {
    name: "another algorithm in the header than the one it is signed with",
    expectedCode: "AUTH_ALGORITHM_MISMATCH",
    make: (good) => signToken(withHeader(good, { alg: other(good.key.algorithm) })),
  },
  {
    name: "the server's public key used as an HMAC secret",
    expectedCode: "AUTH_ALGORITHM_MISMATCH",
    needs: "asymmetric-key",
    make: publicKeyAsSecretToken,
  },
  {
    name: "an algorithm that nobody knows",
    expectedCode: "AUTH_ALGORITHM_UNSUPPORTED",
    make: header({ alg: "XS256" }),
  },
  {
    name: "an algorithm in lower case",
    expectedCode: "AUTH_ALGORITHM_UNSUPPORTED",
    make: (good) => header({ alg: good.key.algorithm.toLowerCase() })(good),
  },
  { name: "no algorithm", expectedCode: "AUTH_ALGORITHM_UNSUPPORTED", make: header({ alg: undefined }) },
  {
    name: "a list of algorithms",
    expectedCode: "AUTH_ALGORITHM_UNSUPPORTED",
    make: (good) => header({ alg: [good.key.algorithm] })(good),
  },
  {
    name: 'an unknown "crit"',
    expectedCode: "AUTH_HEADER_CRITICAL",
    make: header({ crit: ["x"], x: 1 }),
    twin: header({ x: 1 }),
  },
  { name: 'an empty "crit"', expectedCode: "AUTH_HEADER_CRITICAL", make: header({ crit: [] }) },
  {
    name: 'a detached payload ("b64": false)',
    expectedCode: "AUTH_HEADER_CRITICAL",
    make: header({ b64: false }),
    twin: header({ b64: true }),
  },
  {
    name: "a DPoP-bound type",
    expectedCode: "AUTH_TOKEN_TYPE_REFUSED",
    make: header({ typ: "dpop+jwt" }),
    twin: header({ typ: "at+jwt" }),
  },
  {
    name: "a logout token",
    expectedCode: "AUTH_TOKEN_TYPE_REFUSED",
    make: header({ typ: "logout+jwt" }),
    twin: header({ typ: "application/at+jwt" }),
  },
  {
    name: "a type that is no text",
    expectedCode: "AUTH_TOKEN_TYPE_REFUSED",
    make: header({ typ: 1 }),
    twin: header({ typ: undefined }),
  },
  { name: '"kid" that is no text', expectedCode: "AUTH_KEY_ID_INVALID", make: header({ kid: 7 }) },
  {
    name: 'an unknown "kid"',
    expectedCode: "AUTH_KEY_UNKNOWN",
    needs: "key-id",
    make: header({ kid: "another-key" }),
  },
  {
    name: "the signature of another key",
    expectedCode: "AUTH_SIGNATURE_INVALID",
    make: async (good) => signToken({ ...good, key: await createTestKey(good.key.algorithm) }),
  },
  embedded("jwk", (jwk) => ({ jwk })),
  embedded("jku", () => ({ jku: "https://attacker.test/jwks.json" })),
  embedded("x5u", () => ({ x5u: "https://attacker.test/cert.pem" })),
];
