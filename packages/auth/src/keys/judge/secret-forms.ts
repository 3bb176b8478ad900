/**
 * Which form of a shared secret a token was signed with. Both sides often hold the same text and take different bytes for
 * the secret: one decodes base64, one keeps a line end. For a diagnosis only, never for a request: it tries many.
 */

import { decodeBase64, decodeBase64Url } from "../../encoding/base64.ts";
import { decodeJsonObject } from "../../encoding/base64url.ts";
import { isSecretAlgorithm, isSigningAlgorithm, signingAlgorithms } from "../model/algorithms.ts";
import type { VerificationKey } from "../model/key.ts";
import { materialOf, readSecretMaterial } from "./secret-material.ts";
import { toBinaryText } from "./secret-readings.ts";

/** What the signer does with the secret, where that is not what this server does. */
export interface FittingSecretForm {
  readonly form:
    | "as given"
    | "trimmed"
    | "without quotes"
    | "with a line end"
    | "base64-decoded"
    | "base64url-decoded"
    | "hex-decoded"
    | "as base64 text"
    | "as base64url text"
    | "as hex text";
  /** For a person: `the signer uses the base64-decoded secret`. */
  readonly words: string;
}

/** A longer token is refused unread by every server. */
const MAX_TOKEN_CHARACTERS = 16 * 1024;

const WORDS: Readonly<Record<FittingSecretForm["form"], string>> = {
  "as given": "the signer uses the secret as it is",
  trimmed: "the signer uses the secret without the white space around it",
  "without quotes": "the signer uses the secret without the quotes around it",
  "with a line end": "the signer uses the secret with a line end behind it",
  "base64-decoded": "the signer uses the base64-decoded secret",
  "base64url-decoded": "the signer uses the base64url-decoded secret",
  "hex-decoded": "the signer uses the bytes of which the secret is the hexadecimal text",
  "as base64 text": "the signer uses the base64 text of the secret, undecoded",
  "as base64url text": "the signer uses the base64url text of the secret, undecoded",
  "as hex text": "the signer uses the hexadecimal text of the secret",
};

/** The form of a secret among the keys that verifies the token; undefined where none does, or there is no secret. */
export async function findFittingSecretForm(
  token: string,
  keys: readonly VerificationKey[],
): Promise<(FittingSecretForm & { readonly key: VerificationKey }) | undefined> {
  for (const key of keys) {
    const material = materialOf(key);
    const found = material === undefined ? undefined : await findSecretForm(token, material.bytes);
    if (found !== undefined) return { ...found, key };
  }
  return undefined;
}

/** The same for the bytes of one secret. The token's own "alg" says with which hash. */
export async function findSecretForm(
  token: string,
  secret: Uint8Array<ArrayBuffer>,
): Promise<FittingSecretForm | undefined> {
  const parts = readSigned(token);
  if (parts === undefined) return undefined;
  const tried = new Set<string>();
  for (const { form, bytes } of formsOf(secret)) {
    const name = bytes.join(",");
    if (bytes.length === 0 || tried.has(name)) continue;
    tried.add(name);
    const key = await crypto.subtle.importKey("raw", bytes, parts.parameters, false, ["verify"]);
    if (await crypto.subtle.verify("HMAC", key, parts.signature, parts.signed))
      return { form, words: WORDS[form] };
  }
  return undefined;
}

interface Signed {
  readonly parameters: { readonly name: "HMAC"; readonly hash: string };
  readonly signed: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

function readSigned(token: string): Signed | undefined {
  if (token.length > MAX_TOKEN_CHARACTERS) return undefined;
  const [header = "", payload = "", last = "", ...more] = token.split(".");
  const signature = decodeBase64Url(last);
  const algorithm = readAlgorithm(header);
  if (signature === undefined || algorithm === undefined || more.length > 0) return undefined;
  if (!isSigningAlgorithm(algorithm) || !isSecretAlgorithm(algorithm)) return undefined;
  return {
    parameters: { name: "HMAC", hash: `SHA-${signingAlgorithms[algorithm].hashBytes * 8}` },
    signed: new TextEncoder().encode(`${header}.${payload}`),
    signature,
  };
}

function readAlgorithm(header: string): string | undefined {
  const unverified = decodeJsonObject(header)?.["alg"];
  return typeof unverified === "string" ? unverified : undefined;
}

/** The secret itself, what people leave around it, and what libraries do with it; at most 40 of them. */
function* formsOf(
  secret: Uint8Array<ArrayBuffer>,
): Generator<{ readonly form: FittingSecretForm["form"]; readonly bytes: Uint8Array<ArrayBuffer> }> {
  yield { form: "as given", bytes: secret };
  const encoder = new TextEncoder();
  const { text } = readSecretMaterial(secret);
  if (text !== undefined) {
    const trimmed = text.trim();
    const bare = trimmed.replace(/^["'`]|["'`]$/g, "");
    yield { form: "trimmed", bytes: encoder.encode(trimmed) };
    yield { form: "without quotes", bytes: encoder.encode(bare) };
    for (const end of ["\n", "\r\n"]) yield { form: "with a line end", bytes: encoder.encode(trimmed + end) };
    for (const { form, bytes } of decodings(bare)) yield { form, bytes };
  }
  const standard = btoa(toBinaryText(secret));
  const url = standard.replaceAll("+", "-").replaceAll("/", "_");
  for (const written of [standard, standard.replace(/=+$/, "")])
    yield { form: "as base64 text", bytes: encoder.encode(written) };
  for (const written of [url, url.replace(/=+$/, "")])
    yield { form: "as base64url text", bytes: encoder.encode(written) };
  const hex = Array.from(secret, (byte) => byte.toString(16).padStart(2, "0")).join("");
  for (const written of [hex, hex.toUpperCase()])
    yield { form: "as hex text", bytes: encoder.encode(written) };
}

function* decodings(
  text: string,
): Generator<{ readonly form: FittingSecretForm["form"]; readonly bytes: Uint8Array<ArrayBuffer> }> {
  const compact = text.replace(/\s/g, "");
  const standard = decodeBase64(compact);
  if (standard !== undefined) yield { form: "base64-decoded", bytes: standard };
  const url = decodeBase64Url(compact.replace(/=+$/, ""));
  if (url !== undefined) yield { form: "base64url-decoded", bytes: url };
  if (/^(?:[0-9a-f]{2})+$/i.test(compact)) {
    const pairs = compact.match(/../g) ?? [];
    yield { form: "hex-decoded", bytes: Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)) };
  }
}
