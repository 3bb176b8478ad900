/** Keys for tests: fresh on every call, in every form that a server may be given. */
import { KeyObject, randomBytes } from "node:crypto";
import { exportJWK, exportSPKI, generateKeyPair, type JWK } from "jose";
import { isSymmetric, signParameters, type TestAlgorithm } from "./test-algorithms.ts";

/** A fresh key in every form that a test needs. */
export interface TestKey {
  /** What it signs with. */
  readonly algorithm: TestAlgorithm;
  /** Goes into the header of tokens, and into `jwk`; undefined for a key without one. */
  readonly kid: string | undefined;
  /** Signs any bytes, whatever a token's header says. */
  sign(data: Uint8Array): Promise<Uint8Array>;
  /** What a server gets: the public key as PEM (SPKI), or the secret as text. */
  readonly verificationKey: string;
  /** The other PEM form of an RSA key (`BEGIN RSA PUBLIC KEY`). */
  readonly pkcs1Pem: string | undefined;
  /** The public key, or the secret, as a JWK with `alg`, `use`, and `kid` if there is one. */
  readonly jwk: JWK;
}

/** How the key differs from an ordinary one. */
export interface TestKeyOptions {
  /** Default: none. */
  readonly kid?: string | undefined;
  /** RSA only; 2048 unless told. */
  readonly modulusLength?: number;
  /** Length of a secret; 64 unless told. */
  readonly secretBytes?: number;
}

/** Makes a new key pair or secret. */
export async function createTestKey(
  algorithm: TestAlgorithm,
  options: TestKeyOptions = {},
): Promise<TestKey> {
  return isSymmetric(algorithm) ? createSecret(algorithm, options) : createPair(algorithm, options);
}

async function createPair(algorithm: TestAlgorithm, options: TestKeyOptions): Promise<TestKey> {
  const { modulusLength = 2048, kid } = options;
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true, modulusLength });
  const isRsa = algorithm.startsWith("RS") || algorithm.startsWith("PS");
  const pkcs1Pem = isRsa
    ? KeyObject.from(publicKey).export({ type: "pkcs1", format: "pem" }).toString()
    : undefined;
  return {
    algorithm,
    kid,
    sign: async (data) =>
      new Uint8Array(await crypto.subtle.sign(signParameters(algorithm), privateKey, Uint8Array.from(data))),
    verificationKey: await exportSPKI(publicKey),
    pkcs1Pem,
    jwk: describe(await exportJWK(publicKey), algorithm, kid),
  };
}

async function createSecret(
  algorithm: TestAlgorithm,
  { kid, secretBytes = 64 }: TestKeyOptions,
): Promise<TestKey> {
  // Hexadecimal text: printable, and twice as long as its randomness, so cut to the length asked for.
  const secret = randomBytes(secretBytes).toString("hex").slice(0, secretBytes);
  return {
    algorithm,
    kid,
    sign: await createMac(algorithm, secret),
    verificationKey: secret,
    pkcs1Pem: undefined,
    jwk: describe({ kty: "oct", k: Buffer.from(secret).toString("base64url") }, algorithm, kid),
  };
}

/** HMAC signing with any text as the secret, a public key included (the classic confusion attack). */
export async function createMac(algorithm: TestAlgorithm, secret: string): Promise<TestKey["sign"]> {
  const parameters = { name: "HMAC", hash: `SHA-${algorithm.slice(2)}` };
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), parameters, false, [
    "sign",
  ]);
  return async (data) => new Uint8Array(await crypto.subtle.sign("HMAC", key, Uint8Array.from(data)));
}

function describe(jwk: JWK, algorithm: TestAlgorithm, kid: string | undefined): JWK {
  return { ...jwk, alg: algorithm, use: "sig", ...(kid === undefined ? {} : { kid }) };
}
