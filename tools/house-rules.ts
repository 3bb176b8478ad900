// House rules that no linter knows: a suppressed finding states its reason; a long source file states why
// it is long; the pure packages read no clock (`new Date()`: the linter sees the other ways); no file names a
// package-registry host, since a clone must install from any registry; and what is cited is there.

import { dirname, join } from "node:path/posix";

export const maximumLines = 400;
/** Tests are tables more often than code. */
export const maximumTestLines = 600;

const suppression = /(oxlint-disable|eslint-disable|biome-ignore|@ts-expect-error|v8 ignore)/;
const suppressionWithReason =
  /(oxlint|eslint)-disable\S* .*\S+ -- \S+.{8,}|biome-ignore \S+: .{8,}|(@ts-expect-error|v8 ignore)\W+\w.{8,}/;
const registryHost = /registry\.(npmjs\.org|yarnpkg\.com)|npm\.pkg\.github\.com/;
const pureSource = /^packages\/(auth|contract)\/src\/(?!.*\.(test|suite|fixture|cases)\.ts$)/;
const testFile = /\.(test|test-d|suite|fixture|cases|e2e)\.ts$/;
const sourceFile = /\.(ts|tsx|js|mjs)$/;

/** Returns one line per fault in a file. */
export function checkText(path: string, text: string): string[] {
  const faults: string[] = [];
  const lines = text.split("\n");
  // This file and its test name what they forbid.
  const isSelf = /(^|\/)house-rules(\.test)?\.ts$/.test(path);
  for (const [index, line] of lines.entries()) {
    if (isSelf) break;
    const place = `${path}:${index + 1}`;
    if (sourceFile.test(path) && suppression.test(line) && !suppressionWithReason.test(line)) {
      faults.push(`${place}: a suppressed finding needs its reason on the same line (" -- why")`);
    }
    if (pureSource.test(path) && /\bnew Date\(\)/.test(line)) {
      faults.push(`${place}: reads the clock; the time is passed in`);
    }
    if (registryHost.test(line)) faults.push(`${place}: names a package-registry host`);
  }
  if (
    sourceFile.test(path) &&
    lines.length - 1 > (testFile.test(path) ? maximumTestLines : maximumLines) &&
    !/^\/\/ LENGTH: .{10,}/m.test(text)
  ) {
    faults.push(`${path}: ${lines.length - 1} lines; split it, or write "// LENGTH: why" at its top`);
  }
  return faults;
}

/** A decision cited by its number alone: the next one who reads it cannot see when the number is wrong. */
const citedByNumber = /\bdecisions?[ /]\(?(\d{4})\b(?!-)/i;
/** A decision's file, or a page of this repository in a Markdown link. */
const citedFile = /\b(docs\/decisions\/\d{4}-[\w-]+\.md)|\]\((?!https?:|#|mailto:)([^)#\s]+)/g;

/** Returns one line per citation that leads nowhere; `exists` tells whether a path below the repository is there. */
export function checkCitations(
  path: string,
  text: string,
  exists: (path: string) => boolean,
): readonly string[] {
  // The texts of generated pages are links of those pages, which are checked themselves.
  if (/(^|\/)house-rules(\.test)?\.ts$|^tools\/docs\/.*\.md$/.test(path)) return [];
  return text.split("\n").flatMap((line, index) => {
    const place = `${path}:${index + 1}`;
    // A link's own text may be the number alone.
    const number = citedByNumber.exec(line.replace(/\[[^\]]*\]\([^)]*\)/g, ""))?.[1];
    const files = [...line.matchAll(citedFile)].flatMap(([, decision, link]) => {
      if (decision !== undefined) return [decision];
      return path.endsWith(".md") && link !== undefined ? [join(dirname(path), link)] : [];
    });
    return [
      ...(number === undefined ? [] : [`${place}: decision ${number} is cited by its number; name its file`]),
      ...files.filter((file) => !exists(file)).map((file) => `${place}: there is no ${file}`),
    ];
  });
}
