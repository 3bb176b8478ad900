import { describe, expect, it } from "vitest";
import { parseJwks } from "../keys/set/parse-jwks.ts";
import { parseVerificationKey } from "../keys/set/parse-key.ts";
import { createStaticKeySource } from "../keys/source/key-source.ts";
import { checkHeader } from "./check-header.ts";
import { checkSignature } from "./check-signature.ts";
import { readShape } from "./read-shape.ts";
import {
  ED25519_THUMBPRINT,
  JOE,
  JOE_EXPIRES,
  PUBLIC_KEY_SET,
  RSA_THUMBPRINT,
  SECRET_KEY_SET,
  SIGNATURES,
  type SignatureExample,
  UNSECURED,
} from "./rfc-vectors.cases.ts";
import { codeOf, setUpVerifier, sha256, TEST_POLICY, TEST_TOKENS } from "./verifier.fixture.ts";
import { createTokenVerifier } from "./verify-token.ts";

async function parseExample({ jwk, algorithm }: Pick<SignatureExample, "jwk" | "algorithm">) {
  const result = await parseVerificationKey(JSON.stringify(jwk), { source: "example", index: 0, algorithm });
  expect(result.faults).toEqual([]);
  return result.keys;
}

/** Everything up to the signature, for payloads that are no claims. */
async function verifySignature(token: string, example: SignatureExample) {
  const keys = await parseExample(example);
  const shape = readShape(token);
  if (!shape.ok) return shape;
  const header = checkHeader(shape.value.header, [example.algorithm]);
  return header.ok ? checkSignature(token, shape.value, header.value, keys) : header;
}

const exchange = (token: string, at: number) => {
  const letter = token.charAt(at);
  return token.slice(0, at) + (letter === "A" ? "B" : "A") + token.slice(at + 1);
};

describe("the example signatures", () => {
  it.each(SIGNATURES.map((example) => [example.name, example] as const))(
    "RFC 7515 A, RFC 7520 4, RFC 8037 A: the signature of %s holds, and of no changed byte",
    async (_, example) => {
      const { token } = example;
      expect(await verifySignature(token, example)).toMatchObject({ ok: true });
      const firstOfPayload = token.indexOf(".") + 1;
      const firstOfSignature = token.lastIndexOf(".") + 1;
      for (const at of [firstOfPayload, firstOfSignature])
        expect(codeOf(await verifySignature(exchange(token, at), example))).toBe("AUTH_SIGNATURE_INVALID");
    },
  );

  it.each(
    SIGNATURES.filter(({ hasClaims }) => !hasClaims).map((example) => [example.name, example] as const),
  )(
    "RFC 7519 7.2: the payload of %s is no claims set, which is said only after its signature held",
    async (_, example) => {
      const { codeOf: judge } = await setUpVerifier({
        keySource: createStaticKeySource(await parseExample(example)),
      });
      expect(await judge(example.token)).toBe("AUTH_PAYLOAD_INVALID");
      expect(await judge(exchange(example.token, example.token.lastIndexOf(".") + 1))).toBe(
        "AUTH_SIGNATURE_INVALID",
      );
    },
  );
});

describe("the example tokens of RFC 7519", () => {
  const tokens = { ...TEST_TOKENS, audience: undefined, issuer: "joe", maxLifetimeSeconds: undefined };
  const policy = { ...TEST_POLICY, tokens: [tokens] } as const;
  const judge = async (token: string, example: SignatureExample, now: number) => {
    const keySource = createStaticKeySource(await parseExample(example));
    return codeOf(await createTokenVerifier({ keySource, policy, now: () => now, sha256 }).verify(token));
  };
  const withClaims = SIGNATURES.filter(({ hasClaims }) => hasClaims);

  it.each(withClaims.map((example) => [example.name, example] as const))(
    "RFC 7519 3.1, 4.1.4: %s is accepted until its expiry and refused from then on",
    async (_, example) => {
      expect(await judge(example.token, example, JOE_EXPIRES + 9)).toBe("passed");
      expect(await judge(example.token, example, JOE_EXPIRES + 10)).toBe("AUTH_TOKEN_EXPIRED");
    },
  );

  it("RFC 7515 A.5, RFC 7519 6.1: the unsecured token is refused by its algorithm, whatever the keys are", async () => {
    for (const example of withClaims) {
      expect(await judge(UNSECURED, example, JOE_EXPIRES)).toBe("AUTH_ALGORITHM_NONE");
      expect(await judge(example.token, example, JOE_EXPIRES)).toBe("passed");
    }
  });

  it.each(withClaims.map((example) => [example.name, example] as const))(
    "RFC 7515 A.6, 7.2: %s as JSON is no compact token",
    async (_, example) => {
      const [header, payload, signature] = example.token.split(".");
      const asJson = JSON.stringify({ payload, protected: header, signature });
      expect(await judge(asJson, example, JOE_EXPIRES)).toBe("AUTH_TOKEN_MALFORMED");
      expect(await judge(example.token, example, JOE_EXPIRES)).toBe("passed");
    },
  );

  it("RFC 7515 F: a detached payload is refused, the token with its payload is not", async () => {
    for (const example of withClaims) {
      expect(await judge(example.token.replace(JOE, ""), example, JOE_EXPIRES)).toBe(
        "AUTH_SIGNATURE_INVALID",
      );
      expect(await judge(example.token, example, JOE_EXPIRES)).toBe("passed");
    }
  });
});

describe("the example keys of RFC 7517 and RFC 8037", () => {
  it("RFC 7517 A.1: of the set of public keys the one for signatures is used, the one for encryption named", async () => {
    const { keys, faults } = await parseJwks(JSON.stringify(PUBLIC_KEY_SET), { source: "example" });
    expect(keys).toMatchObject([{ kid: "2011-04-29", algorithms: ["RS256"], thumbprint: RSA_THUMBPRINT }]);
    expect(faults).toMatchObject([{ code: "KEY_JWK_USE", severity: "warning", at: "example key 1" }]);
  });

  it("RFC 7517 A.2: a private key is refused, and its public part is not", async () => {
    const [, rsa] = PUBLIC_KEY_SET.keys;
    const parse = (jwk: object) => parseVerificationKey(JSON.stringify(jwk), { source: "example", index: 0 });
    expect(await parse({ ...rsa, d: "X4cTteJY_gn4FYPsXB8rdXix5vwsg1FLN5E3EaG6RJoVH" })).toMatchObject({
      keys: [],
      faults: [{ code: "KEY_PRIVATE" }],
    });
    expect(await parse({ ...rsa })).toMatchObject({ keys: [{ thumbprint: RSA_THUMBPRINT }], faults: [] });
  });

  it("RFC 7517 A.3: of the set of secrets the HMAC key is used, the one for key wrapping named", async () => {
    const text = JSON.stringify(SECRET_KEY_SET);
    const set = await parseJwks(text, { source: "example", algorithm: "HS256" });
    expect(set.keys).toMatchObject([{ type: "oct", algorithms: ["HS256"], signatureBytes: 32 }]);
    expect(set.faults).toMatchObject([{ code: "KEY_JWK_ALGORITHM" }]);
    const published = await parseJwks(text, { source: "example", algorithm: "HS256", refuseSecrets: true });
    expect(published.keys).toEqual([]);
  });

  it("RFC 8037 A.2, A.3: the Ed25519 key has the printed thumbprint, and answers to both names of its algorithm", async () => {
    const example = SIGNATURES.find(({ algorithm }) => algorithm === "EdDSA");
    if (example === undefined) throw new Error("no example");
    expect(await parseExample(example)).toMatchObject([
      { thumbprint: ED25519_THUMBPRINT, algorithms: ["EdDSA", "Ed25519"] },
    ]);
  });

  it("RFC 8037 A.1: a private Ed25519 key is refused", async () => {
    const [jwk] = SIGNATURES.flatMap((example) => (example.algorithm === "EdDSA" ? [example.jwk] : []));
    const text = JSON.stringify({ ...jwk, d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZ" });
    const result = await parseVerificationKey(text, { source: "example", index: 0 });
    expect(result).toMatchObject({ keys: [], faults: [{ code: "KEY_PRIVATE" }] });
  });
});
