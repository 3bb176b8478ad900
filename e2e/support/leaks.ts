/** Searching answers and logs for what must not be in them. */

/** Words that occur in the text; empty words count as a mistake of the test. */
export function findLeaks(text: string, words: readonly string[]): readonly string[] {
  return words.filter((word) => {
    if (word.length < 2) throw new Error("a word to search for is too short to mean anything");
    return text.includes(word);
  });
}

/** A secret in overlapping pieces, so that half of it is found as well; the lines around a PEM are no secret. */
export function piecesOf(secret: string, length: number): readonly string[] {
  const body = secret.replace(/-----[A-Z ]+-----/g, "").replace(/\s/g, "");
  const pieces: string[] = [];
  for (let at = 0; at + length <= body.length; at += length / 2) pieces.push(body.slice(at, at + length));
  return pieces;
}

/** The parts of a token that are long enough to be recognised, and the token. */
export function segmentsOf(token: string): readonly string[] {
  return [token, ...token.split(".")].filter((part) => part.length > 12 && !/^\.+$/.test(part));
}
