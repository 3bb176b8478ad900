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

  test.each([
    ["a,}b", (text: string) => text.replace(/\}$/, ",}")],
    ["a, ]b", (text: string) => `{"keys":[${text},]}`],
    ["a\nb", (text: string) => text.replace(/[\w-]{20}(?=")/, "$&\n")],
  ])("is mended around the kid %j, which stays", async (kid, mangle) => {
    const key = await expectKey(mangle(toJwkText(ec, { kid })));
    expect(key.kid).toBe(kid);
    expect(key.repairs).not.toEqual([]);
  });

  test("is not mended where that would make another kid of it", async () => {
    const python = toJwkText(ec, { kid: "KID" }).replaceAll('"', "'").replace("KID", String.raw`a\'b`);
    const { keys, faults } = await parse(python);
    expect([keys, faults.map(({ code }) => code)]).toEqual([[], ["KEY_JWK_INVALID"]]);
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

  test("what holds no text is named at each place, and never thrown over", async () => {
    for (const [value, code] of [
      [undefined, "KEY_UNREADABLE"],
      ["", "KEY_EMPTY"],
    ] as const) {
      const twice = [0, 1].map((index) => ({ value: value as string, source: `k[${index}]` }));
      const { keys, faults } = await parseVerificationKeys(twice, {});
      expect(keys).toEqual([]);
      expect(faults.map((fault) => `${fault.at} ${fault.code}`)).toEqual([`k[0] ${code}`, `k[1] ${code}`]);
    }
  });

  test("a value of 64 KiB is read, one character more is not", async () => {
    const whole = rsa.pem.padEnd(65_536, "\n");
    expect((await parse(whole)).keys).toHaveLength(1);
    const { faults } = await parse(`${whole}\n`);
    expect(faults).toMatchObject([{ code: "KEY_TOO_LARGE", facts: { bytes: 65_537, limit: 65_536 } }]);
  });
});
