/**
 * A bound on what a parser does for the marks of a paragraph: it needs the square of their number, and for some a search to
 * the end. Those after the first ones are letters. The parser counts itself: nobody has to know what it takes for a paragraph.
 */

/** Letters of which several together take a parser more than its way past them. */
export const MARKS = "!&*<[\\]_`~";

/** Each may be the beginning of an address, and no address is within a link: what is before it is looked through. */
const WORDS = "+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const MOST_WORDS = 256;

/** Marks of a paragraph times its letters: some 40 ms. */
const MAX_STEPS = 1_000_000;
const MOST_MARKS = 512;
const LEAST_MARKS = 4;

/** How many marks each paragraph of a block may have. A power of two, so that few parsers are made. */
export function limitMarks(block: string): number {
  const longest = cutAtEmptyLines(block).reduce((most, { length }) => Math.max(most, length), 0);
  let most = MOST_MARKS;
  while (most > LEAST_MARKS && most * longest > MAX_STEPS) most /= 2;
  return most;
}

/** No paragraph goes on after an empty line. */
export function cutAtEmptyLines(block: string): readonly string[] {
  return block.split(/\n[ \t]*(?=\n)/);
}

type State = (code: number | null) => State | undefined;

interface Effects {
  readonly enter: (type: "data") => void;
  readonly exit: (type: "data") => void;
  readonly consume: (code: number | null) => void;
}

interface Context {
  readonly events: readonly (readonly [string, { readonly type: string }])[];
}

const BACKTICK = 96;
const BRACKET = 91;
const RUNS: readonly (number | null)[] = "*_~`".split("").map((mark) => mark.charCodeAt(0));

const isOfWord = (code: number | null) =>
  code !== null && code > 0 && /[\w+.-]/.test(String.fromCharCode(code));

/** As the parser writes it: those below -2 are ends of lines, -2 and -1 are tabs. */
const isEndOfLine = (code: number | null) => code === null || code < -2;

/** What remark calls with its processor: asked before all other constructs of a text. */
export function countMarks(this: { readonly data: () => object }, { most }: { readonly most: number }): void {
  const counts = new WeakMap<Context, number>();
  const wordsAfterBracket = new WeakMap<Context, number>();
  const construct = {
    name: "countMarks",
    // Within a run of these nothing begins: else the parser would begin there, too.
    previous(this: Context, code: number | null) {
      return code !== BACKTICK || this.events.at(-1)?.[1].type === "characterEscape";
    },
    tokenize(this: Context, effects: Effects, ok: State, nok: State): State {
      let count = counts.get(this) ?? 0;
      let mark: number | null | undefined;
      const finish = (code: number | null) => {
        effects.exit("data");
        counts.set(this, count);
        return (count > most ? ok : nok)(code);
      };
      // To the end of the line: the parser walks over each part that it is given, again and again.
      const skip: State = (code) => {
        if (isEndOfLine(code)) return finish(code);
        effects.consume(code);
        return skip;
      };
      // A run of them is one mark to the parser, but costs as many.
      const countRun: State = (code) => {
        if (mark !== undefined && (code !== mark || !RUNS.includes(mark)))
          return count > most ? skip(code) : finish(code);
        mark = code;
        count += 1;
        effects.consume(code);
        return countRun;
      };
      return (code) => {
        if (code === BRACKET && !wordsAfterBracket.has(this)) wordsAfterBracket.set(this, 0);
        effects.enter("data");
        return countRun(code);
      };
    },
  };
  const words = {
    name: "countWords",
    previous: (code: number | null) => !isOfWord(code),
    tokenize(this: Context, effects: Effects, ok: State, nok: State): State {
      const count = wordsAfterBracket.get(this);
      if (count === undefined) return nok;
      wordsAfterBracket.set(this, count + 1);
      if (count < MOST_WORDS) return nok;
      const skip: State = (code) => {
        if (!isOfWord(code)) {
          effects.exit("data");
          return ok(code);
        }
        effects.consume(code);
        return skip;
      };
      return (code) => {
        effects.enter("data");
        return skip(code);
      };
    },
  };
  const text: Record<number, object> = {};
  for (const letter of WORDS) text[letter.charCodeAt(0)] = words;
  for (const mark of MARKS) text[mark.charCodeAt(0)] = construct;
  // oxlint-disable-next-line oxc/no-this-in-exported-function -- a plugin of unified is called with its processor as this
  const data = this.data() as { micromarkExtensions?: object[] };
  data.micromarkExtensions = [...(data.micromarkExtensions ?? []), { text }];
}
