/**
 * The last step before a report is printed or put into JSON: no text of it shows the credential, however a server has
 * cut, spelt or encoded it. It goes through every text there is, so that no maker of texts has to think of it.
 */

import { stripVTControlCharacters } from "node:util";
import { isCredentialWord } from "@agentos/auth";

const CONCEALED = "[redacted]";
/** Of a longer credential no stretch of this length is shown. */
const STRETCH = 12;
/** Shorter texts occur in any sentence, and are no secrets. */
const SHORTEST_CREDENTIAL = 8;

/** Members that hold nothing but words of our own, which programs switch on. */
const CLOSED = new Set(["code", "anchor", "kind", "level", "certainty", "outcome", "source"]);

/** What people paste along with a credential; it is public, and our own fixes name it. */
const AROUND = /(?:\b(?:authorization|bearer|basic|cookie|access_token)\b["']?[\s:=]+|https?:\/\/\S+)+/gi;

const LETTER_OR_ESCAPE = /\\u[0-9a-f]{4}|[\p{L}\p{N}]/giu;

/** Text reduced to what is compared. */
interface Folded {
  readonly text: string;
  /** Where each of its characters stood; undefined where they stand as before. */
  readonly positions?: readonly number[];
}

type Fold = (text: string) => Folded;

/** What must not be shown: any of these stretches of one length, or a text as a whole. */
type Needle =
  | { readonly fold: Fold; readonly stretches: ReadonlySet<string> }
  | { readonly fold: Fold; readonly whole: string };

/** A copy of plain data without the credential, in any of the forms in which a server may repeat it. */
export function concealReport<Value>(report: Value, credential: string | undefined): Value {
  const whole = credential?.trim() ?? "";
  if (whole.length < SHORTEST_CREDENTIAL || isCredentialWord(whole)) return report;
  const needles = makeNeedles(whole, collectTexts(report));
  return mapTexts(report, (text) => concealText(text, needles)) as Value;
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      CLOSED.has(name) && typeof item === "string" ? item : mapTexts(item, change),
    ]),
  );
}

function collectTexts(report: unknown): readonly string[] {
  const texts: string[] = [];
  mapTexts(report, (text) => {
    texts.push(stripVTControlCharacters(text));
    return text;
  });
  return texts;
}

function concealText(shown: string, needles: readonly Needle[]): string {
  // What a terminal would swallow may not keep the parts of a credential apart here.
  const text = stripVTControlCharacters(shown);
  const isHidden = new Uint8Array(text.length);
  for (const needle of needles) {
    if ("stretches" in needle && needle.stretches.size === 0) continue;
    const { text: folded, positions } = needle.fold(text);
    let hidden = 0;
    for (const [start, end] of findPlaces(folded, needle)) {
      // Each character is hidden once, however many stretches it is in.
      const at = (index: number) => positions?.[index] ?? index;
      isHidden.fill(1, start < hidden ? at(hidden - 1) : at(start), at(end - 1) + 1);
      hidden = end;
    }
  }
  let concealed = "";
  for (let at = 0; at < text.length; at += 1) {
    if (isHidden[at] === 0) concealed += text.charAt(at);
    else if (isHidden[at - 1] !== 1) concealed += CONCEALED;
  }
  return concealed;
}

/** Where it stands in a folded text, in order. */
function* findPlaces(folded: string, needle: Needle): Generator<readonly [start: number, end: number]> {
  if ("whole" in needle) {
    const { length } = needle.whole;
    for (let at = folded.indexOf(needle.whole); at !== -1; at = folded.indexOf(needle.whole, at + length))
      yield [at, at + length];
    return;
  }
  let start = 0;
  for (const stretch of stretchesOf(folded)) {
    if (needle.stretches.has(stretch)) yield [start, start + STRETCH];
    start += 1;
  }
}

function makeNeedles(credential: string, texts: readonly string[]): readonly Needle[] {
  const secrets = credential
    .split(AROUND)
    .map((part) => part.trim())
    .filter((part) => part.length >= SHORTEST_CREDENTIAL);
  const forms = secrets.flatMap((secret) => [secret, ...encode(secret)]);
  // A short one is hidden as a whole; so is a pasted one, with the words around it.
  const wholes = [credential, ...forms.filter(({ length }) => length < STRETCH)];
  return [
    makeNeedle(foldCase, forms, texts),
    makeNeedle(foldToLetters, forms, texts),
    // Not as stretches of its length: of a long one that would be its length times that of the report.
    ...wholes.map((whole) => ({ fold: foldCase, whole: foldCase(whole).text })),
  ];
}

/** Only what the texts have is kept: a credential may be a thousand times longer than all of them. */
function makeNeedle(fold: Fold, forms: readonly string[], texts: readonly string[]): Needle {
  const shown = new Set<string>();
  for (const text of texts) for (const stretch of stretchesOf(fold(text).text)) shown.add(stretch);
  const stretches = new Set<string>();
  for (const form of forms)
    for (const stretch of stretchesOf(fold(form).text)) if (shown.has(stretch)) stretches.add(stretch);
  return { fold, stretches };
}

function* stretchesOf(text: string): Generator<string> {
  for (let start = 0; start + STRETCH <= text.length; start += 1) yield text.slice(start, start + STRETCH);
}

/** The secret percent-encoded, in hexadecimal digits, and in base64 as it stands behind zero, one or two other bytes. */
function encode(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, "utf8");
  const inBase64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    // The first digits belong to those bytes as well.
    return text.replace(/=+$/, "").slice([0, 2, 3][before]);
  });
  return [encodeURIComponent(secret.toWellFormed()), bytes.toString("hex"), ...inBase64];
}

/** Any case is the same. */
function foldCase(text: string): Folded {
  return { text: lower(text) };
}

/** Letters and digits alone: separators, line ends and escapes between them make no difference. */
function foldToLetters(text: string): Folded {
  let folded = "";
  const positions: number[] = [];
  for (const { 0: part, index } of text.matchAll(LETTER_OR_ESCAPE)) {
    if (part.length > 1) continue;
    folded += part;
    positions.push(index);
  }
  return { text: lower(folded), positions };
}

/** One character for one, or the positions would no longer fit. */
function lower(text: string): string {
  const lowered = text.toLowerCase();
  if (lowered.length === text.length) return lowered;
  return text.replace(/[^]/g, (character) => {
    const one = character.toLowerCase();
    return one.length === 1 ? one : character;
  });
}
