/** What a text is as base64, whatever stands around and between its characters. Only ever used to refuse. */

/** Less holds no trace of a key. */
const LEAST_DIGITS = 32;

/** The bytes of base64 from each of the four places where a group may begin, one character per byte. */
export function openBase64(text: string): readonly string[] {
  const digits = text
    .replace(/[^A-Za-z0-9+/_-]+/g, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/");
  if (digits.length < LEAST_DIGITS) return [];
  return [0, 1, 2, 3].map((start) => {
    const end = digits.length - ((digits.length - start) % 4 === 1 ? 1 : 0);
    return atob(digits.slice(start, end));
  });
}

/** One character per byte. */
export function toBinaryText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
