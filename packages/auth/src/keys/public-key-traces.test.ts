import { generateKeyPairSync, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { holdsPublicKey } from "./public-key-traces.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
const keys = {
  "RSA PEM": rsa.export({ type: "spki", format: "pem" }),
  "RSA DER": rsa.export({ type: "spki", format: "der" }),
  "RSA PKCS #1 PEM": rsa.export({ type: "pkcs1", format: "pem" }),
  "RSA PKCS #1 DER": rsa.export({ type: "pkcs1", format: "der" }),
  "EC DER": generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey.export({
    type: "spki",
    format: "der",
  }),
  "Ed25519 DER": generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "der" }),
};
const base64 = (value: string | Buffer) => Buffer.from(value).toString("base64");

describe.each(Object.entries(keys))("%s", (_, key) => {
  it.each([0, 1, 2])("is found in base64 behind %i other bytes, up to three layers deep", (before) => {
    const shifted = Buffer.concat([randomBytes(before), Buffer.from(key)]);
    let text = base64(shifted);
    for (let depth = 1; depth <= 3; depth += 1) {
      expect(holdsPublicKey(`KEY=${text}`)).toBe(true);
      expect(holdsPublicKey(text.replaceAll(/.{20}/g, "$&\n"))).toBe(true);
      expect(holdsPublicKey(text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""))).toBe(true);
      text = base64(`xy${text}`.slice(2 - before));
    }
  });
});

it("is not seen in secrets, whatever they are written in", () => {
  for (let round = 0; round < 500; round += 1) {
    const secret = randomBytes(64);
    for (const encoding of ["base64", "base64url", "hex", "latin1"] as const)
      expect(holdsPublicKey(secret.toString(encoding))).toBe(false);
  }
  expect(holdsPublicKey("let us BEGIN with the PUBLIC KEY of the story")).toBe(false);
});
