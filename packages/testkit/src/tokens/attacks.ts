/** Ways of forging or breaking a token that need more than another header or claim. */
import { CompactEncrypt } from "jose";
import { createMac, createTestKey, type TestKey } from "../keys/key.ts";
import { encodeSegment, signSegments, signToken, type TokenParts, withHeader } from "./token.ts";

/** An unsigned token, with `none` in any spelling. */
export function unsignedToken(parts: TokenParts, alg = "none"): string {
  return `${encodeSegment({ ...parts.header, alg })}.${encodeSegment(parts.payload)}.`;
}

/** RS-to-HS confusion: an HMAC with the server's public key as the secret. */
export async function publicKeyAsSecretToken(parts: TokenParts): Promise<string> {
  const sign = await createMac("HS256", parts.key.verificationKey);
  return signSegments(encodeSegment({ ...parts.header, alg: "HS256" }), encodeSegment(parts.payload), sign);
}

/** Signed by a stranger whose public key travels in the header (CVE-2026-27962 and many before it). */
export async function embeddedKeyToken(
  parts: TokenParts,
  header: (stranger: TestKey) => TokenParts["header"],
): Promise<string> {
  const stranger = await createTestKey(parts.key.algorithm);
  return signToken({ ...withHeader(parts, header(stranger)), key: stranger });
}

/** The good token inside a JWE (five segments). */
export async function encryptedToken(parts: TokenParts): Promise<string> {
  const inner = new TextEncoder().encode(await signToken(parts));
  const key = crypto.getRandomValues(new Uint8Array(32));
  return new CompactEncrypt(inner)
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", cty: "JWT" })
    .encrypt(key);
}

/** One bit of the signature flipped, its length and its alphabet intact. */
export function damageSignature(token: string): string {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const bytes = Buffer.from(signature, "base64url");
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  return `${header}.${payload}.${bytes.toString("base64url")}`;
}

/** The order of the curve P-256. */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/**
 * The other valid signature of an ES256 token: with (r, s) also (r, order - s) is one of the same text. Whoever has the
 * one can write the other, and needs no key.
 */
export function respellSignature(token: string): string {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const bytes = Buffer.from(signature, "base64url");
  const s = BigInt(`0x${bytes.subarray(32).toString("hex")}`);
  const other = Buffer.from((P256_ORDER - s).toString(16).padStart(64, "0"), "hex");
  return `${header}.${payload}.${Buffer.concat([bytes.subarray(0, 32), other]).toString("base64url")}`;
}

/** The payload exchanged after signing. */
export function replacePayload(token: string, payload: unknown): string {
  const [header = "", , signature = ""] = token.split(".");
  return `${header}.${encodeSegment(payload)}.${signature}`;
}
