/** Strict base64 and base64url. `atob` alone is too forgiving: it takes white space and odd trailing bits. */

const STANDARD = /^[A-Za-z0-9+/]*={0,2}$/;
const URL_SAFE = /^[A-Za-z0-9_-]*$/;

function bytesFromBinary(binary: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Standard alphabet, padding optional, unused bits zero; `undefined` when it is anything else. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!STANDARD.test(text)) return undefined;
  const padded = text.endsWith("=");
  if (padded && text.length % 4 !== 0) return undefined;
  const digits = text.replace(/=+$/, "");
  if (digits.length % 4 === 1) return undefined;
  const binary = atob(digits);
  // Re-encoding finds trailing bits that are not zero.
  if (btoa(binary).replace(/=+$/, "") !== digits) return undefined;
  return bytesFromBinary(binary);
}

/** The alphabet of RFC 7515, no padding, as JWK members are written. */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!URL_SAFE.test(text)) return undefined;
  return decodeBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
}

/** As many whole bytes as the text holds, for judging how much of a cut-off value is there. */
export function decodeBase64Prefix(text: string): Uint8Array<ArrayBuffer> {
  const digits = /^[A-Za-z0-9+/]*/.exec(text)?.[0] ?? "";
  const usable = digits.length % 4 === 1 ? digits.slice(0, -1) : digits;
  return bytesFromBinary(atob(usable));
}
