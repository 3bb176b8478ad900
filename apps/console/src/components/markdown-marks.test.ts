import fc from "fast-check";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { Block, defaultRemarkPlugins, parseMarkdownIntoBlocks, type StreamdownProps } from "streamdown";
import { expect, test } from "vitest";
import { countWork, cutToLimit, isTooMuchMarkdown, isTooMuchWork } from "./markdown-limits.ts";
import { countMarks, limitMarks, MARKS } from "./markdown-marks.ts";

type Plugins = NonNullable<StreamdownProps["remarkPlugins"]>;

/** What reached the parser, of each paragraph. */
let reached = new Map<object, number>();
/** Those with a W that it looks at. */
let words = 0;
let known: readonly string[] = [];

/** Asked after what limits: a mark that comes here is one that the parser looks at. */
function watchParser(this: { data: () => object }) {
  const watch = {
    previous: (code: number | null) => code !== 96,
    tokenize(
      this: { parser: { constructs: { text: object } } },
      _effects: unknown,
      _ok: unknown,
      nok: unknown,
    ) {
      reached.set(this, (reached.get(this) ?? 0) + 1);
      known = Object.keys(this.parser.constructs.text);
      return nok;
    },
  };
  const data = this.data() as { micromarkExtensions?: object[] };
  const word = {
    previous: (code: number | null) => code === null || code === 32,
    tokenize(_effects: unknown, _ok: unknown, nok: unknown) {
      words += 1;
      return nok;
    },
  };
  const text = Object.fromEntries(MARKS.split("").map((mark) => [mark.charCodeAt(0), watch]));
  data.micromarkExtensions = [...(data.micromarkExtensions ?? []), { text: { ...text, 119: word } }];
}

function draw(block: string): { readonly html: string; readonly work: number } {
  reached = new Map();
  words = 0;
  const most = limitMarks(block);
  const remarkPlugins = [
    ...Object.values(defaultRemarkPlugins),
    watchParser,
    [countMarks, { most }],
  ] as Plugins;
  const html = renderToStaticMarkup(
    createElement(Block, {
      content: block,
      remarkPlugins,
      rehypePlugins: [],
      shouldParseIncompleteMarkdown: false,
      shouldNormalizeHtmlIndentation: false,
      index: 0,
      isIncomplete: false,
    }),
  );
  return { html, work: [...reached.values()].reduce((sum, marks) => sum + marks ** 2, 0) };
}

const SHAPES: Readonly<Record<string, (size: number) => string>> = {
  emphasis: (size) => "*_*_".repeat(size / 4),
  strong: (size) => "**a".repeat(size / 6) + "a**".repeat(size / 6),
  pairs: (size) => "*a*".repeat(size / 3),
  struck: (size) => "~a".repeat(size / 4) + "a~".repeat(size / 4),
  "ends of links": (size) => "a] ".repeat(size / 3),
  "links in links": (size) => "[a".repeat(size / 4) + "](b)".repeat(size / 8),
  titles: (size) => "[a](b (".repeat(size / 7),
  html: (size) => `a ${"<?".repeat(size / 2)}`,
  comments: (size) => `a ${"<!-- ".repeat(size / 5)}`,
  code: (size) => Array.from({ length: Math.sqrt(size * 2) }, (_, at) => "`".repeat(at + 1)).join(" a "),
  entities: (size) => "&amp;".repeat(size / 5),
  escapes: (size) => "\\*".repeat(size / 2),
  autolinks: (size) => "<http://a>".repeat(size / 10),
  paragraphs: (size) => `${"*_*_".repeat(128)}\n\n`.repeat(size / 514),
  lines: (size) => "*_*_\n".repeat(size / 5),
  "a list": (size) => `- ${"*_".repeat(50)}\n`.repeat(size / 103),
  quotes: (size) => `> ${"*_".repeat(50)}\n`.repeat(size / 103),
  "lazy lines": (size) => `> ${"*_\n".repeat(size / 3)}`,
  headings: (size) => "# *a*\n".repeat(size / 6),
  "a table": (size) => `|a|b|\n|-|-|\n${"|*_*|~a~|\n".repeat(size / 10)}`,
  footnotes: (size) =>
    Array.from({ length: size / 20 }, (_, at) => `[^${at}] *a* _b_\n\n[^${at}]: x`).join("\n\n"),
  definitions: (size) => `[a]: /${"x".repeat(size / 3)}\n\n${"[a] ".repeat(size / 6)}`,
};

function workOf(text: string): { readonly work: number; readonly blocks: readonly number[] } {
  if (isTooMuchMarkdown(text)) return { work: 0, blocks: [] };
  const drawn = cutToLimit(parseMarkdownIntoBlocks(text)).filter((block) => !isTooMuchWork(block));
  const blocks = drawn.map((block) => {
    const { work } = draw(block);
    expect(work).toBeLessThanOrEqual(countWork(block));
    return work;
  });
  return { work: drawn.reduce((sum, block) => sum + countWork(block), 0), blocks };
}

test.each(Object.entries(SHAPES))("the work for %s is bounded, whatever their number", (_, make) => {
  for (const size of [500, 4_000, 12_000]) {
    const { work, blocks } = workOf(make(size));
    expect(Math.max(0, ...blocks)).toBeLessThanOrEqual(2_000_000);
    expect(work).toBeLessThanOrEqual(14_000_000);
  }
});

test("so it is for mixtures", () => {
  const part = fc.oneof(
    fc.constantFrom(
      ...MARKS.split(""),
      "a",
      " ",
      "\n",
      "\n\n",
      "> ",
      "- ",
      "|",
      "](b)",
      "](b (",
      "<!--",
      "&amp;",
      "[^1]",
      "**",
    ),
    fc.constantFrom(...Object.values(SHAPES).map((make) => make(120))),
  );
  const text = fc
    .tuple(fc.array(part, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 60 }))
    .map(([parts, times]) => parts.join("").repeat(times).slice(0, 3_000));
  fc.assert(
    fc.property(text, (made) => {
      expect(workOf(made).work).toBeLessThanOrEqual(14_000_000);
    }),
    { numRuns: 40 },
  );
}, 60_000);

test("every letter that a text of the parser may begin something with is counted", () => {
  draw("*a*");
  const others = known.filter(
    (code) => Number(code) > 0 && !/[\w+.-]/.test(String.fromCharCode(Number(code))),
  );
  expect(others.length).toBeGreaterThan(8);
  expect(others.filter((code) => !MARKS.includes(String.fromCharCode(Number(code))))).toEqual([]);
});

test("what is beyond the limit is a letter, and what is before it is drawn", () => {
  const { html } = draw("*a* ".repeat(400));
  expect(html.match(/<em/g)).toHaveLength(256);
  expect(html).toContain("*a* *a*");
});

test("behind a bracket the parser looks for addresses in the first words only", () => {
  draw("www ".repeat(400));
  expect(words).toBe(400);
  draw(`[ ${"www ".repeat(400)}`);
  expect(words).toBe(256);
});

test("a run of marks counts as all of them", () => {
  const { html } = draw(`${"*".repeat(600)}a${"*".repeat(600)}`);
  expect(html).not.toContain("<strong");
});

test("an ordinary paragraph of a long answer with definitions is drawn as it is written", () => {
  const paragraph =
    "**One** of `two` is [three](https://example.com/a), _four_ and ~~five~~ of [it][it].\n\n";
  const { html } = draw(`${paragraph.repeat(200)}[it]: https://example.com/it\n`);
  expect(html.match(/<code/g)).toHaveLength(200);
  expect(html).not.toContain("**");
});
