import { createTestKey, goodToken, signToken, type TestKey } from "@agentos/testkit";
import { generateKeyPair } from "jose";
import { describe, expect, it, vi } from "vitest";
import type { VerificationKey } from "../keys/model/key.ts";
import { checkSignature, type SignatureCheck } from "./check-signature.ts";
import { readShape } from "./read-shape.ts";
import { codeOf, parseTestKeys } from "./verifier.fixture.ts";

const key = await createTestKey("ES256");
const [verificationKey] = await parseTestKeys(key);
if (verificationKey === undefined) throw new Error("no key");
const token = await signToken(goodToken({ key, now: 0 }));

async function other(more: Partial<VerificationKey> = {}, made?: TestKey): Promise<VerificationKey> {
  const [parsed] = await parseTestKeys(made ?? (await createTestKey("ES256")));
  if (parsed === undefined) throw new Error("no key");
  return { ...parsed, ...more };
}

function check(keys: readonly VerificationKey[], text = token, namesOwnKey = false, algorithm = "ES256") {
  const shape = readShape(text);
  if (!shape.ok) throw new Error(shape.fault.code);
  return checkSignature(
    text,
    shape.value,
    { algorithm, kid: undefined, namesOwnKey, isAccessTyped: false },
    keys,
  );
}

describe("the keys that are tried", () => {
  it("are tried in turn until one verifies, which is named", async () => {
    const stranger = await other();
    expect(await check([stranger, verificationKey])).toMatchObject({
      ok: true,
      value: verificationKey,
    });
    expect(codeOf(await check([stranger]))).toBe("AUTH_SIGNATURE_INVALID");
  });

  it("are a hundred at most", async () => {
    const stranger = await other({ signatureBytes: 1 });
    const strangers = (count: number) => Array.from({ length: count }, () => stranger);
    expect(codeOf(await check([...strangers(99), verificationKey]))).toBe("passed");
    expect(codeOf(await check([...strangers(100), verificationKey]))).toBe("AUTH_SIGNATURE_MALFORMED");
  });

  it("must be bound to the algorithm and have signatures of this length, or are left alone", async () => {
    const verify = vi.spyOn(crypto.subtle, "verify");
    try {
      for (const wrong of [{ algorithms: ["ES384"] as const }, { algorithms: [] }, { signatureBytes: 96 }])
        expect(codeOf(await check([{ ...verificationKey, ...wrong }]))).toBe("AUTH_SIGNATURE_MALFORMED");
      expect(verify).not.toHaveBeenCalled();
      expect(codeOf(await check([{ ...verificationKey, algorithms: ["ES384", "ES256"] }]))).toBe("passed");
    } finally {
      verify.mockRestore();
    }
  });

  it("are tried in place while they are few, and by jose when they are many", async () => {
    const shape = readShape(token);
    if (!shape.ok) throw new Error(shape.fault.code);
    const header = { algorithm: "ES256", kid: undefined, namesOwnKey: false, isAccessTyped: false };
    const asked = async (count: number) => {
      const inPlace = vi.fn<SignatureCheck>(() => false);
      const keys = Array.from({ length: count }, () => verificationKey);
      const result = await checkSignature(token, shape.value, header, keys, inPlace);
      return [inPlace.mock.calls.length, codeOf(result)];
    };
    expect(await asked(4)).toEqual([4, "AUTH_SIGNATURE_INVALID"]);
    expect(await asked(5)).toEqual([0, "passed"]);
  });

  it("are named in the record, with what was repaired to read them", async () => {
    const repaired = await other({ label: "second", repairs: verificationKey.repairs });
    const result = await check([
      { ...(await other()), label: "first", repairs: ["quotes"] as never },
      repaired,
    ]);
    expect(result).toMatchObject({
      fault: { facts: { keys_tried: ["first", "second"], keys_repaired: ["quotes"], signature_bytes: 64 } },
    });
  });
});

describe("a signature that no key verifies", () => {
  it("is the token's fault when every key said no, and the server's when one could not be used", async () => {
    const unusable = await other({ key: new Uint8Array(0) });
    const result = await check([unusable, await other()]);
    expect(result).toMatchObject({ fault: { code: "AUTH_KEYS_UNAVAILABLE" } });
    expect(!result.ok && result.fault.cause).toBeInstanceOf(Error);
    expect(codeOf(await check([unusable, verificationKey]))).toBe("passed");
  });

  it("keeps the first cause of several", async () => {
    const bytes = await other({ key: new Uint8Array(0) });
    const { publicKey } = await generateKeyPair("EdDSA");
    const foreign = await other({ key: publicKey });
    const causeOf = async (...keys: readonly VerificationKey[]) => {
      const result = await check(keys);
      return result.ok ? "passed" : String(result.fault.cause);
    };
    expect(await causeOf(bytes, foreign)).toContain("Uint8Array");
    expect(await causeOf(foreign, bytes)).not.toContain("Uint8Array");
  });

  it("is told apart from a key that the token brought", async () => {
    const stranger = await other();
    expect(codeOf(await check([stranger], token, true))).toBe("AUTH_EMBEDDED_KEY_REFUSED");
    expect(codeOf(await check([verificationKey], token, true))).toBe("passed");
  });

  it("is malformed when its spelling is not base64url, whatever its length", async () => {
    const padded = `${token.slice(0, -2)}==`;
    expect(await check([verificationKey], padded)).toMatchObject({
      fault: { code: "AUTH_SIGNATURE_MALFORMED", facts: { keys_tried: [verificationKey.label] } },
    });
    expect(codeOf(await check([verificationKey], `${token}A`))).toBe("AUTH_SIGNATURE_MALFORMED");
  });

  it("is another key's, and not cut off, when it is as long as an RSA key of another size makes it", async () => {
    const larger = await createTestKey("RS256", { modulusLength: 3072 });
    const [own] = await parseTestKeys(await createTestKey("RS256"));
    if (own === undefined) throw new Error("no key");
    const signed = await signToken(goodToken({ key: larger, now: 0 }));
    expect(codeOf(await check([own], signed, false, "RS256"))).toBe("AUTH_SIGNATURE_INVALID");
    expect(codeOf(await check([own], signed.slice(0, -4), false, "RS256"))).toBe("AUTH_SIGNATURE_MALFORMED");
  });
});
