/**
 * Text of strangers, however long: in pieces, so that only the last one is laid out again while it grows, and those that are
 * not in sight are not laid out at all.
 */
export function LongText({ text }: { readonly text: string }) {
  if (text.length <= PIECE) return text;
  return cutIntoPieces(text).map((piece, at) => (
    // Pieces of one text that only grows: their place is what they are.
    <span key={`${at}`} className="block [content-visibility:auto]">
      {piece}
    </span>
  ));
}

/** Where a line may end is looked for in each of them: longer ones take more than their share of time. */
const PIECE = 2_000;

/** The last one of a piece. */
function lastOf(text: string, letter: string, from: number): number | undefined {
  const at = text.lastIndexOf(letter, from + PIECE);
  return at > from ? at : undefined;
}

function cutIntoPieces(text: string): readonly string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length; ) {
    const line = lastOf(text, "\n", from) ?? lastOf(text, " ", from) ?? from;
    const to = text.length - from <= PIECE ? text.length : line > from ? line + 1 : from + PIECE;
    pieces.push(text.slice(from, to));
    from = to;
  }
  return pieces;
}
