/** Bytes of base64 and base64url, by the one strict rule that tokens are read with. `atob` alone is too forgiving. */
import { isBase64url } from "./base64url.ts";

const STANDARD = /^[A-Za-z0-9+/]*={0,2}$/;

function bytesFromBinary(binary: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Standard alphabet, padding optional, unused bits zero; `undefined` when it is anything else. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!STANDARD.test(text) || (text.endsWith("=") && text.length % 4 !== 0)) return undefined;
  return decodeBase64Url(text.replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_"));
}

/** The alphabet of RFC 7515, no padding, as JWK members are written. */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!isBase64url(text)) return undefined;
  return bytesFromBinary(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
}

/** As many whole bytes as the text holds, for judging how much of a cut-off value is there. */
export function decodeBase64Prefix(text: string): Uint8Array<ArrayBuffer> {
  const digits = /^[A-Za-z0-9+/]*/.exec(text)?.[0] ?? "";
  const usable = digits.length % 4 === 1 ? digits.slice(0, -1) : digits;
  return bytesFromBinary(atob(usable));
}
