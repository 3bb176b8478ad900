/**
 * Whether a text that is to be a shared secret holds a public key after all, however it was damaged and however often
 * it was put into base64. Whoever has the public key could sign tokens with such a secret. Only ever used to refuse.
 */

/** What the texts of keys and certificates have in them. */
const LABELS = ["BEGIN PUBLIC KEY", "BEGIN PRIVATE KEY", "BEGIN RSA P", "BEGIN CERTIFICATE"];

/** What their bytes have in them, in hexadecimal: algorithm identifiers, and the heads of RSA keys in PKCS #1. */
const BYTES = [
  "300d06092a864886f70d010101",
  "06072a8648ce3d0201",
  "300506032b6570",
  "3082010a0282010100",
  "3082018a0282018100",
  "3082020a0282020100",
];

/** Base64 inside base64 inside base64. */
const DEPTH = 3;

const traces: readonly string[] = [
  ...LABELS,
  ...deepen(LABELS, DEPTH),
  ...deepen(
    BYTES.map((hex) =>
      String.fromCharCode(...(hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16))),
    ),
    DEPTH,
  ),
];

/** True when the text holds a public key, or what is left of one. */
export function holdsPublicKey(text: string): boolean {
  // Line ends may stand anywhere in base64, and "-" and "_" for two of its characters.
  const flat = text
    .replaceAll(/[\r\n\t]|\\[nrt]/g, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/");
  return traces.some((trace) => text.includes(trace) || flat.includes(trace));
}

function deepen(texts: readonly string[], depth: number): readonly string[] {
  if (depth === 0) return [];
  const encoded = texts.flatMap(encodeAnywhere);
  return [...encoded, ...deepen(encoded, depth - 1)];
}

/** How some bytes look inside a longer base64 text: one text for each of the three places where they can begin. */
function encodeAnywhere(binary: string): readonly string[] {
  return [0, 1, 2].map((before) => {
    const bits = (before + binary.length) * 8;
    const text = btoa("\0".repeat(before) + binary);
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(bits / 6));
  });
}
