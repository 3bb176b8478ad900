const CUT = "…";

/** The beginning of a text, whole characters only; that it was cut is shown within the limit. */
export function cutToBytes(text: string, maxBytes: number): string {
  // No character has more than three bytes for each UTF-16 unit.
  if (text.length * 3 <= maxBytes) return text;
  const bytes = Buffer.from(text.slice(0, maxBytes + 1));
  if (bytes.byteLength <= maxBytes) return text;
  const kept = bytes.subarray(0, Math.max(0, maxBytes - Buffer.byteLength(CUT)));
  // A decoder that waits for more drops the character that was cut in two.
  return new TextDecoder().decode(kept, { stream: true }) + CUT;
}
