/**
 * Reads a signing key from text: PEM (PKCS#8, PKCS#1, SEC 1), a private JWK, base64 of either, or, when an HMAC
 * algorithm is asked for, a shared secret. Line ends that an environment variable has mangled do not matter.
 */
import { decodeBase64 } from "../encoding/base64.ts";
import type { SigningAlgorithm } from "../keys/model/key.ts";
import { recogniseLostBinary } from "../keys/reader/lost-binary.ts";
import { type Bound, bind, bindSecret, type ImportOptions, mismatch, weakRsa } from "./bind-key.ts";
import { importJwk } from "./import-jwk.ts";
import { algorithmsFor, importParameters, isSecretAlgorithm } from "./mint-algorithms.ts";
import { type PrivateKeyKind, readPrivateDer } from "./private-der.ts";
import { type SigningKey, SigningKeyError } from "./signing-key.ts";

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END/;
const GIVE_KEY = "give the private key in PEM or as a JWK";

/** Reads a signing key. Throws {@link SigningKeyError}, which holds no key material. */
export async function importSigningKey(text: string, options: ImportOptions = {}): Promise<SigningKey> {
  const trimmed = text
    .trim()
    .replace(/^["']|["']$/g, "")
    .trim();
  const pem = PEM.exec(trimmed.replace(/\\[nr]/g, "\n"));
  if (pem !== null) return importPem(pem[1] ?? "", pem[2] ?? "", options);
  if (/^-{2,5} ?BEGIN/.test(trimmed)) throw cutOff();
  if (recogniseLostBinary(text) === "private") throw binary();
  if (trimmed.startsWith("{")) return importJwk(trimmed, options);
  if (options.algorithm !== undefined && isSecretAlgorithm(options.algorithm)) {
    // Its characters are the secret, exactly as given, since the verifier takes them so too.
    return bindSecret(new TextEncoder().encode(text), options.algorithm, options);
  }
  const inner = decodeText(trimmed);
  if (inner !== undefined && (PEM.test(inner) || inner.startsWith("{")))
    return importSigningKey(inner, options);
  throw new SigningKeyError("ALGORITHM_REQUIRED", "the value is no private key in PEM or JWK", {
    fix: `${GIVE_KEY}; for a shared secret say which algorithm, such as HS256`,
  });
}

function cutOff(): SigningKeyError {
  return new SigningKeyError("UNREADABLE", "the PEM is cut off: it has a BEGIN line and no END line", {
    fix: "give all of it, from the BEGIN line to the END line; an env file or a form may have kept only its first line",
  });
}

function binary(): SigningKeyError {
  return new SigningKeyError("UNREADABLE", "the key is in binary form (DER), which is no text", {
    fix: 'turn it into PEM with "openssl pkey -inform DER -in private.der" and give the result',
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

async function importFor(
  kind: PrivateKeyKind,
  pkcs8: Uint8Array<ArrayBuffer>,
  wanted: SigningAlgorithm | undefined,
): Promise<Bound> {
  if (kind.type === "RSA" && kind.bits < 2048) throw weakRsa(kind.bits);
  const fitting = fittingAlgorithms(kind);
  const algorithm = wanted ?? fitting[0];
  if (algorithm === undefined || !fitting.includes(algorithm)) throw mismatch(wanted ?? "none", fitting);
  try {
    return {
      algorithm,
      key: await crypto.subtle.importKey("pkcs8", pkcs8, importParameters(algorithm), true, ["sign"]),
    };
  } catch (cause) {
    throw new SigningKeyError("UNREADABLE", "the private key is damaged", {
      fix: "export it again from its source",
      cause,
    });
  }
}

/** The verifier's own table, asked with a public key of the same kind. */
function fittingAlgorithms(kind: PrivateKeyKind): readonly SigningAlgorithm[] {
  const none = new Uint8Array();
  if (kind.type === "RSA") return algorithmsFor({ type: "RSA", modulus: none, exponent: none });
  if (kind.type === "EC") return algorithmsFor({ type: "EC", curve: kind.curve, point: none });
  return algorithmsFor({ type: "OKP", publicKey: none });
}

function decodeText(text: string): string | undefined {
  const bytes = decodeBase64(text.replace(/\s+/g, ""));
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes).trim();
}
