/** Finds by letters in their order, as people type when they know what they want: `mrl` finds "Members and roles". */

/** How well it fits, higher is better; undefined where letters are missing. An empty search fits everything alike. */
export function rankFuzzy(text: string, search: string): number | undefined {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const inText = text.toLowerCase();
  let sum = 0;
  for (const word of words) {
    const rank = rankWord(inText, word);
    if (rank === undefined) return undefined;
    sum += rank;
  }
  return sum;
}

function rankWord(text: string, word: string): number | undefined {
  const at = text.indexOf(word);
  // As it stands: best at the beginning of the text, then of a word, and in a short text.
  if (at !== -1)
    return 100 + (at === 0 ? 40 : isWordStart(text, at) ? 25 : 0) - Math.min(20, text.length / 10);
  // Two letters that stand somewhere say nothing.
  if (word.length < 3) return undefined;
  let rank = 0;
  let from = 0;
  for (const letter of word) {
    const found = text.indexOf(letter, from);
    if (found === -1) return undefined;
    rank += isWordStart(text, found) ? 8 : found === from && from > 0 ? 4 : 0;
    from = found + 1;
  }
  // Letters that are strewn over the text are no word of it.
  return rank >= word.length * 3 ? rank : undefined;
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || /[\s\-_./:@]/.test(text.charAt(at - 1));
}
