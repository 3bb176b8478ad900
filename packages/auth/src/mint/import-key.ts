/**
 * Reads a signing key from text: PEM (PKCS#8, PKCS#1, SEC 1), a private JWK, base64 of either, or, when an HMAC
 * algorithm is asked for, a shared secret. Line ends that an environment variable has mangled do not matter.
 */
import { calculateJwkThumbprint, exportJWK, importJWK, type JWK } from "jose";
import { decodeBase64 } from "../keys/base64.ts";
import type { SigningAlgorithm } from "../keys/key.ts";
import { algorithmsFor, importParameters, isSecretAlgorithm, isSigningAlgorithm, minimumSecretBytes } from "./algorithms.ts";
import { type PrivateKeyKind, readPrivateDer } from "./private-der.ts";
import { SigningKeyError, type SigningKey } from "./signing-key.ts";

export interface ImportOptions {
  /** Default: the JWK's `alg`, else the first that fits the key (RS256 for RSA). Needed for a shared secret. */
  readonly algorithm?: SigningAlgorithm | undefined;
  /** Default: the JWK's `kid`, else the RFC 7638 thumbprint; none for a secret. */
  readonly kid?: string | undefined;
  /** Permits secrets that are shorter than the hash, for tests. */
  readonly allowWeakSecrets?: boolean | undefined;
}

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END/;
const GIVE_KEY = "give the private key in PEM or as a JWK";

/** Reads a signing key. Throws {@link SigningKeyError}, which holds no key material. */
export async function importSigningKey(text: string, options: ImportOptions = {}): Promise<SigningKey> {
  const trimmed = text.trim().replace(/^["']|["']$/g, "").trim();
  const pem = PEM.exec(trimmed.replace(/\\[nr]/g, "\n"));
  if (pem !== null) return importPem(pem[1] ?? "", pem[2] ?? "", options);
  if (trimmed.startsWith("{")) return importJwk(trimmed, options);
  if (options.algorithm !== undefined && isSecretAlgorithm(options.algorithm)) {
    return importSecret(text, options.algorithm, options);
  }
  const inner = decodeText(trimmed);
  if (inner !== undefined && (PEM.test(inner) || inner.startsWith("{"))) return importSigningKey(inner, options);
  throw new SigningKeyError("ALGORITHM_REQUIRED", "the value is no private key in PEM or JWK", {
    fix: `${GIVE_KEY}; for a shared secret say which algorithm, such as HS256`,
  });
}

async function importPem(label: string, body: string, options: ImportOptions): Promise<SigningKey> {
  const der = decodeBase64(body.replace(/\s+/g, ""));
  if (label.startsWith("ENCRYPTED") || /DEK-Info|Proc-Type/.test(body)) {
    throw new SigningKeyError("ENCRYPTED", "the private key is encrypted", {
      fix: 'decrypt it with "openssl pkey -in key.pem" into a file that only you can read, and give that',
    });
  }
  if (der === undefined) {
    throw new SigningKeyError("UNREADABLE", "the PEM is damaged: its body is not base64", { fix: GIVE_KEY });
  }
  const { kind, pkcs8 } = readPrivateDer(der);
  return bind(await importFor(kind, pkcs8, options.algorithm), options.kid);
}

async function importFor(kind: PrivateKeyKind, pkcs8: Uint8Array<ArrayBuffer>, wanted: SigningAlgorithm | undefined): Promise<Bound> {
  if (kind.type === "RSA" && kind.bits < 2048) throw weakRsa(kind.bits);
  const fitting = fittingAlgorithms(kind);
  const algorithm = wanted ?? fitting[0];
  if (algorithm === undefined || !fitting.includes(algorithm)) throw mismatch(wanted ?? "none", fitting);
  try {
    return { algorithm, key: await crypto.subtle.importKey("pkcs8", pkcs8, importParameters(algorithm), true, ["sign"]) };
  } catch (cause) {
    throw new SigningKeyError("UNREADABLE", "the private key is damaged", { fix: "export it again from its source", cause });
  }
}

/** The verifier's own table, asked with a public key of the same kind. */
function fittingAlgorithms(kind: PrivateKeyKind): readonly SigningAlgorithm[] {
  const none = new Uint8Array();
  if (kind.type === "RSA") return algorithmsFor({ type: "RSA", modulus: none, exponent: none });
  if (kind.type === "EC") return algorithmsFor({ type: "EC", curve: kind.curve, point: none });
  return algorithmsFor({ type: "OKP", publicKey: none });
}

async function importJwk(text: string, options: ImportOptions): Promise<SigningKey> {
  const jwk = parseJwk(text);
  const algorithm = options.algorithm ?? jwk.alg ?? defaultAlgorithm(jwk);
  if (algorithm === undefined || !isSigningAlgorithm(algorithm)) {
    throw new SigningKeyError("JWK_INVALID", 'the JWK names no algorithm that is supported, and its "kty" suggests none', {
      fix: 'add "alg" to it, or say which algorithm to sign with',
    });
  }
  if (jwk.kty === "oct") return importSecretJwk(jwk, algorithm, options);
  if (jwk.d === undefined) {
    throw new SigningKeyError("PUBLIC", "this JWK is a public key; only a private key can sign", { fix: 'give the JWK that has the member "d"' });
  }
  try {
    const key = await importJWK(jwk, algorithm, { extractable: true });
    if (key instanceof Uint8Array) throw new TypeError("INVARIANT: only oct keys are bytes");
    const { modulusLength } = key.algorithm as { modulusLength?: number };
    if (modulusLength !== undefined && modulusLength < 2048) throw weakRsa(modulusLength);
    return await bind({ algorithm, key }, options.kid ?? jwk.kid);
  } catch (cause) {
    if (cause instanceof SigningKeyError) throw cause;
    throw new SigningKeyError("JWK_INVALID", `the JWK is not a usable private key for ${algorithm}`, {
      fix: "export it again from its source (RFC 7517), or sign with an algorithm that fits its type",
      cause,
    });
  }
}

function parseJwk(text: string): JWK {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which is a secret.
  }
  if (typeof value === "object" && value !== null && "keys" in value && Array.isArray(value.keys) && value.keys.length === 1) {
    value = (value.keys as readonly unknown[])[0];
  }
  if (typeof value === "object" && value !== null && "kty" in value) return value as JWK;
  throw new SigningKeyError("JWK_INVALID", "the value is not one JWK", { fix: "give one private JWK (RFC 7517), or PEM" });
}

function defaultAlgorithm(jwk: JWK): string | undefined {
  if (jwk.kty === "RSA") return "RS256";
  if (jwk.kty === "OKP") return jwk.crv === "Ed25519" ? "EdDSA" : undefined;
  return jwk.kty === "EC" ? { "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" }[jwk.crv ?? ""] : undefined;
}

async function importSecretJwk(jwk: JWK, algorithm: SigningAlgorithm, options: ImportOptions): Promise<SigningKey> {
  const bytes = decodeBase64((jwk.k ?? "").replaceAll("-", "+").replaceAll("_", "/"));
  if (bytes === undefined || !isSecretAlgorithm(algorithm)) throw mismatch(algorithm, algorithmsFor("oct"));
  return bindSecret(bytes, algorithm, { ...options, kid: options.kid ?? jwk.kid });
}

/** The characters of the text are the secret, exactly as given, since the verifier takes them so too. */
function importSecret(text: string, algorithm: SigningAlgorithm, options: ImportOptions): Promise<SigningKey> {
  return bindSecret(new TextEncoder().encode(text), algorithm, options);
}

async function bindSecret(bytes: Uint8Array<ArrayBuffer>, algorithm: SigningAlgorithm, options: ImportOptions): Promise<SigningKey> {
  const minimum = options.allowWeakSecrets === true ? 1 : minimumSecretBytes(algorithm);
  if (bytes.length < minimum) {
    throw new SigningKeyError("SECRET_SHORT", `the shared secret has ${bytes.length} bytes, ${algorithm} needs ${minimum} or more`, {
      fix: `make one with "openssl rand -base64 ${Math.ceil(minimum * 1.5)}" and use it on both sides`,
    });
  }
  const key = await crypto.subtle.importKey("raw", bytes, importParameters(algorithm), true, ["sign"]);
  return { algorithm, kid: options.kid, key, publicJwk: undefined };
}

interface Bound {
  readonly algorithm: SigningAlgorithm;
  readonly key: CryptoKey;
}

async function bind({ algorithm, key }: Bound, wantedKid: string | undefined): Promise<SigningKey> {
  const { kty, n, e, crv, x, y } = await exportJWK(key);
  const jwk = Object.fromEntries(Object.entries({ kty, n, e, crv, x, y }).filter(([, value]) => value !== undefined));
  const kid = wantedKid ?? (await calculateJwkThumbprint(jwk as JWK));
  return { algorithm, kid, key, publicJwk: { ...jwk, kid, alg: algorithm, use: "sig" } };
}

function decodeText(text: string): string | undefined {
  const bytes = decodeBase64(text.replace(/\s+/g, ""));
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes).trim();
}

function mismatch(algorithm: string, fitting: readonly string[]): SigningKeyError {
  return new SigningKeyError("ALGORITHM_MISMATCH", `${algorithm} does not fit this key`, { fix: `sign with one of ${fitting.join(", ")}` });
}

function weakRsa(bits: number): SigningKeyError {
  return new SigningKeyError("WEAK_RSA", `the RSA key has ${bits} bits, fewer than 2048`, { fix: "make a new key pair of 2048 bits or more" });
}
