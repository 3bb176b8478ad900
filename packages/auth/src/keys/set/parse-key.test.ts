import { describe, expect, test } from "vitest";
import {
  createSecret,
  expectKey,
  generateEc,
  generateRsa,
  parse,
  toJwk,
  toJwkText,
} from "../judge/test-keys.fixture.ts";
import { parseVerificationKeys } from "./parse-key.ts";

const rsa = generateRsa();
const ec = generateEc("P-256");

describe("JSON as the value", () => {
  test.each([
    ["quoted", (text: string) => `'${text}'`],
    ["with escaped quotes", (text: string) => `"${text.replaceAll('"', '\\"')}"`],
    ["in base64", (text: string) => Buffer.from(text).toString("base64")],
    ["with a variable name", (text: string) => `JWT_VERIFICATION_KEY='${text}'`],
  ])("is read %s", async (_, mangle) => {
    const key = await expectKey(mangle(toJwkText(ec, { kid: "a b" })));
    expect(key.kid).toBe("a b");
    expect(key.repairs).not.toEqual([]);
  });

  test("a whole JWKS gives all of its keys", async () => {
    const set = JSON.stringify({ keys: [toJwk(rsa.publicKey), toJwk(ec.publicKey)] });
    const { keys, faults } = await parse(set);
    expect(faults).toEqual([]);
    expect(keys.map(({ source }) => source)).toEqual([
      "verificationKeys[0] key 1",
      "verificationKeys[0] key 2",
    ]);
  });
});

describe("several values", () => {
  test("each is judged by itself, in order; a value given twice is used once", async () => {
    const text = createSecret(40);
    const list = [rsa.pem, "nonsense", rsa.pem.replaceAll("\n", "\\n"), ec.pem, rsa.pem];
    const values = list.map((value, index) => ({ value, source: `verificationKeys[${index}]` }));
    const { keys, faults } = await parseVerificationKeys(values, {});
    expect(keys.map(({ index }) => index)).toEqual([0, 3]);
    expect(faults.map(({ code, at }) => `${at} ${code}`).sort()).toEqual([
      "verificationKeys[1] KEY_ALGORITHM_REQUIRED",
      "verificationKeys[2] KEY_DUPLICATE",
      "verificationKeys[4] KEY_DUPLICATE",
    ]);
    const secrets = await parseVerificationKeys(
      [text, text].map((value) => ({ value, source: "s" })),
      { algorithm: "HS256" },
    );
    expect(secrets.keys).toHaveLength(1);
    expect(secrets.faults).toMatchObject([{ code: "KEY_DUPLICATE", severity: "warning" }]);
  });
});
