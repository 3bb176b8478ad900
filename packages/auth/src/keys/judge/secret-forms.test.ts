import { createHmac, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { findFittingSecretForm, findSecretForm } from "./secret-forms.ts";
import { expectKey, generateEc } from "./test-keys.fixture.ts";

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

function sign(secret: string | Buffer, algorithm = "HS256"): string {
  const signed = `${encode({ alg: algorithm, typ: "JWT" })}.${encode({ sub: "a" })}`;
  const signature = createHmac(`sha${algorithm.slice(2)}`, secret)
    .update(signed)
    .digest("base64url");
  return `${signed}.${signature}`;
}

const bytes = Buffer.concat([Buffer.from("fbffbf", "hex"), randomBytes(45)]);
const base64 = bytes.toString("base64");

describe("the form of a secret that a token was signed with", () => {
  test.each([
    ["as given", base64, base64],
    ["trimmed", `  ${base64}\n`, base64],
    ["without quotes", `"${base64}"`, base64],
    ["with a line end", base64, `${base64}\n`],
    ["with a line end", base64, `${base64}\r\n`],
    ["base64-decoded", base64, bytes],
    ["base64-decoded", `"${base64}"\n`, bytes],
    [
      "base64url-decoded",
      Buffer.from("fbff".repeat(16), "hex").toString("base64url"),
      Buffer.from("fbff".repeat(16), "hex"),
    ],
    ["hex-decoded", bytes.toString("hex"), bytes],
    [
      "as base64 text",
      "a-text-that-the-server-has-as-it-is",
      Buffer.from("a-text-that-the-server-has-as-it-is").toString("base64"),
    ],
    [
      "as hex text",
      "a-text-that-the-server-has-as-it-is",
      Buffer.from("a-text-that-the-server-has-as-it-is").toString("hex"),
    ],
  ])("is %s", async (form, here, there) => {
    for (const algorithm of ["HS256", "HS384", "HS512"])
      expect(await findSecretForm(sign(there, algorithm), Uint8Array.from(Buffer.from(here)))).toMatchObject({
        form,
      });
  });

  test("is found for the bytes of a JWK, too", async () => {
    const key = await expectKey(JSON.stringify({ kty: "oct", k: bytes.toString("base64url") }), {
      algorithm: "HS256",
    });
    const found = await findFittingSecretForm(sign(bytes.toString("base64url")), [
      await expectKey(generateEc("P-256").pem),
      key,
    ]);
    expect(found).toMatchObject({ form: "as base64url text", key });
    expect(found?.words).toContain("the base64url text of the secret");
  });

  test("is none for another secret, another algorithm, no token and a public key", async () => {
    const secret = Uint8Array.from(Buffer.from(base64));
    expect(await findSecretForm(sign(randomBytes(48)), secret)).toBeUndefined();
    for (const token of [
      "",
      "a.b",
      "a.b.c.d",
      `${encode({ alg: "RS256" })}.e30.AAAA`,
      `${sign(base64)}${"A".repeat(20_000)}`,
    ])
      expect(await findSecretForm(token, secret)).toBeUndefined();
    expect(
      await findFittingSecretForm(sign(base64), [await expectKey(generateEc("P-256").pem)]),
    ).toBeUndefined();
  });
});
