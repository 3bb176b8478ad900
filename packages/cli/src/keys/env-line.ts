/** The line that carries a public key through env files and shells: base64 of the PEM, which none of them changes. */
import { parseVerificationKey, type VerificationKey } from "@agentos/auth";

export const ENV_NAME = "JWT_VERIFICATION_KEY";

/** `JWT_VERIFICATION_KEY=…`, proved by reading it back; undefined when that does not give the same key. */
export async function makeEnvLine(publicPem: string, expected: VerificationKey): Promise<string | undefined> {
  const value = Buffer.from(publicPem, "utf8").toString("base64");
  const { keys } = await parseVerificationKey(value, {
    source: ENV_NAME,
    index: 0,
    algorithm: expected.algorithms[0],
  });
  return keys.length === 1 && keys[0]?.thumbprint === expected.thumbprint
    ? `${ENV_NAME}=${value}`
    : undefined;
}

/** The public key of a parsed verification key as PEM. */
export async function toPublicPem(key: VerificationKey): Promise<string | undefined> {
  if (key.key instanceof Uint8Array || key.thumbprint === undefined) return undefined;
  const spki = await crypto.subtle.exportKey("spki", key.key);
  const lines =
    Buffer.from(spki)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN PUBLIC KEY-----\n${lines.join("\n")}\n-----END PUBLIC KEY-----\n`;
}
