// Every pair of tokens that is used together, in both themes, against what WCAG 2.2 asks (AA).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const css = readFileSync(join(import.meta.dirname, "../styles/tokens.css"), "utf8");
const themes = {
  light: readTokens(/^:root \{([^}]*)\}/m),
  dark: readTokens(/^:root\[data-theme="dark"\] \{([^}]*)\}/m),
};

const SURFACES = ["sunken", "canvas", "raised"];
/** Text: 4.5:1. */
const TEXT: readonly (readonly [front: string, backs: readonly string[]])[] = [
  ["ink", [...SURFACES, "hover", "pressed", "accent-soft", "ok-soft", "warn-soft", "danger-soft"]],
  ["ink-soft", [...SURFACES, "hover", "accent-soft", "ok-soft", "warn-soft", "danger-soft"]],
  ["ink-faint", SURFACES],
  ["accent-ink", [...SURFACES, "hover", "accent-soft"]],
  ["ok-ink", [...SURFACES, "ok-soft"]],
  ["warn-ink", [...SURFACES, "warn-soft"]],
  ["danger-ink", [...SURFACES, "hover", "danger-soft"]],
  ["on-accent", ["accent", "accent-hover", "danger", "danger-hover"]],
];
/** Edges of controls, dots, the ring of focus: 3:1. */
const GRAPHICS: readonly (readonly [front: string, backs: readonly string[]])[] = [
  ["control", SURFACES],
  ["focus", SURFACES],
  ["accent", SURFACES],
  ["ok", SURFACES],
  ["warn", SURFACES],
  ["danger", SURFACES],
];

describe.each(Object.entries(themes))("the %s theme", (_name, tokens) => {
  test.each(pairs(TEXT))("has text in %s on %s that can be read", (front, back) => {
    expect(contrast(tokens, front, back)).toBeGreaterThanOrEqual(4.5);
  });
  test.each(pairs(GRAPHICS))("shows %s on %s", (front, back) => {
    expect(contrast(tokens, front, back)).toBeGreaterThanOrEqual(3);
  });
});

test("both themes have the same tokens", () => {
  expect(Object.keys(themes.dark)).toEqual(Object.keys(themes.light));
});

function pairs(rows: typeof TEXT): readonly (readonly [string, string])[] {
  return rows.flatMap(([front, backs]) => backs.map((back) => [front, back] as const));
}

function readTokens(block: RegExp): Readonly<Record<string, string>> {
  const body = block.exec(css)?.[1] ?? "";
  const found = body.matchAll(/--([\w-]+): ([^;]+);/g);
  return Object.fromEntries([...found].map((match): [string, string] => [match[1] ?? "", match[2] ?? ""]));
}

function contrast(tokens: Readonly<Record<string, string>>, front: string, back: string): number {
  const [one, two] = [luminance(tokens[front]), luminance(tokens[back])];
  return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
}

/** Relative luminance, as WCAG defines it. */
function luminance(colour: string | undefined): number {
  const digits = /^#([\da-f]{6})$/.exec(colour ?? "")?.[1];
  if (digits === undefined) throw new Error(`${String(colour)} is no colour of six digits`);
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const channel = Number.parseInt(digits.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
