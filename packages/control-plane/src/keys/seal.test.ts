import { describe, expect, it } from "vitest";
import { deriveInstallationKeys } from "./installation-keys.ts";
import { open, seal } from "./seal.ts";

const secret = (byte: number) => new Uint8Array(32).fill(byte);
const keysOf = (byte: number) => deriveInstallationKeys([secret(byte)]);
const PLAIN = new TextEncoder().encode("the private half of a pair");
const OWNER = { instanceId: "i", kid: "k" };

describe("what is sealed", () => {
  const [key] = keysOf(1).sealing;

  it("is opened by the key that sealed it, for the owner that it was sealed for", () => {
    expect(open(seal(PLAIN, key, OWNER), key, OWNER)).toEqual(Buffer.from(PLAIN));
  });

  it.each([
    ["another instance", { ...OWNER, instanceId: "j" }],
    ["another key id", { ...OWNER, kid: "l" }],
    ["names that only look the same when they are joined", { instanceId: 'i","k', kid: "" }],
  ])("does not open for %s", (_, owner) => {
    expect(open(seal(PLAIN, key, OWNER), key, owner)).toBeUndefined();
  });

  it("does not open with the key of another secret", () => {
    expect(open(seal(PLAIN, key, OWNER), keysOf(2).sealing[0], OWNER)).toBeUndefined();
  });

  it("does not open when any of its bytes was changed, or it was cut", () => {
    const sealed = seal(PLAIN, key, OWNER);
    const bytes = Buffer.from(sealed.slice(2), "base64url");
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(open(`1.${changed.toString("base64url")}`, key, OWNER)).toBeUndefined();
    }
    for (const cut of ["", "1.", "1.AAAA", sealed.slice(0, 20), sealed.slice(2)])
      expect(open(cut, key, OWNER)).toBeUndefined();
  });

  it("is another text each time, so that equal keys do not look equal", () => {
    expect(seal(PLAIN, key, OWNER)).not.toBe(seal(PLAIN, key, OWNER));
  });
});

describe("what is derived from a secret", () => {
  it("is the same each time, another for each purpose and for each secret, and never the secret", () => {
    const texts = [1, 2].flatMap((byte) => {
      const { sealing, signInSecrets, signInIds, fingerprints } = keysOf(byte);
      const [{ id, bytes }] = sealing;
      const hex = [bytes, signInIds, fingerprints, secret(byte)].map((one) =>
        Buffer.from(one).toString("hex"),
      );
      return [...hex, Buffer.from(signInSecrets[0], "base64url").toString("hex"), id];
    });
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.some((text) => texts.some((other) => other !== text && other.startsWith(text)))).toBe(false);
    expect(keysOf(1)).toEqual(keysOf(1));
  });

  it("keeps the order of the secrets: the first one seals and signs", () => {
    const both = deriveInstallationKeys([secret(1), secret(2)]);
    expect(both.sealing).toEqual([keysOf(1).sealing[0], keysOf(2).sealing[0]]);
    expect(both.signInSecrets).toEqual([keysOf(1).signInSecrets[0], keysOf(2).signInSecrets[0]]);
    expect(both.signInIds).toEqual(keysOf(1).signInIds);
  });
});
