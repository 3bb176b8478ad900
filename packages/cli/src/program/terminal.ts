/** Output: results to standard output, everything about them to standard error. Colours only where a person reads. */
import { stripVTControlCharacters } from "node:util";
import { escapeUnprintable, escapeUnprintableBut } from "../text/unprintable.ts";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

const STYLES: Readonly<Record<Style, readonly [start: number, end: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** Line ends, and the colours of `paint`: all that is ever written raw. */
const OWN_CONTROLS = String.raw`\n|\u001b\[(?:${Object.values(STYLES).flat().join("|")})m`;

export interface Terminal {
  /** One line, or several, to standard output. */
  print(text?: string): void;
  /** To standard output, without a line end: the next part follows it. */
  printPart(text: string): void;
  /** To standard error. */
  note(text: string): void;
  paint(style: Style, text: string): string;
  paintNote(style: Style, text: string): string;
}

type Output = Pick<NodeJS.WriteStream, "write"> & { readonly isTTY?: boolean };

export function createTerminal(
  streams: { readonly stdout: Output; readonly stderr: Output },
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const painterFor = (output: Output) => {
    // https://no-color.org: any value that is not empty turns colours off.
    const isColoured = output.isTTY === true && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
    return (style: Style, text: string) => {
      const [start, end] = STYLES[style];
      return isColoured ? `\u001B[${start}m${text}\u001B[${end}m` : text;
    };
  };
  // The last line of defence: whoever prints text from outside makes it safe with `showUntrusted`, which takes colours
  // and line ends from it too.
  const write = (output: Output, text: string, end: string) =>
    void output.write(`${escapeUnprintableBut(text, OWN_CONTROLS)}${end}`);
  return {
    print: (text = "") => write(streams.stdout, text, "\n"),
    printPart: (text) => write(streams.stdout, text, ""),
    note: (text) => write(streams.stderr, text, "\n"),
    paint: painterFor(streams.stdout),
    paintNote: painterFor(streams.stderr),
  };
}

/** Text from outside with what could move the cursor, begin a line, hide or reorder it made visible. */
export function showUntrusted(text: string): string {
  return escapeUnprintable(stripVTControlCharacters(text));
}

/** The same for a text of several lines of ours with texts from outside in them. */
export function showUntrustedLines(text: string): string {
  return text.split("\n").map(showUntrusted).join("\n");
}
