/** Output: results to standard output, everything about them to standard error. Colours only where a person reads. */
import { stripVTControlCharacters } from "node:util";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

const STYLES: Readonly<Record<Style, readonly [start: number, end: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

export interface Terminal {
  /** One line, or several, to standard output. */
  print(text?: string): void;
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
  return {
    print: (text = "") => void streams.stdout.write(`${text}\n`),
    note: (text) => void streams.stderr.write(`${text}\n`),
    paint: painterFor(streams.stdout),
    paintNote: painterFor(streams.stderr),
  };
}

/** Text from outside with what could move the cursor, hide or reorder it made visible. */
export function showUntrusted(text: string): string {
  return stripVTControlCharacters(text).replace(
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    /[\u0000-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
