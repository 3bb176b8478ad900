/** What the key doctor can repair, each with the sentence that the start-up block prints. */

/** INVARIANT: every repair yields the very same key or the value is refused; the DER structure is the referee. */
export const keyRepairs = {
  "surrounding-quotes": "quotes around the value were removed",
  "surrounding-whitespace": "white space around the value was removed",
  "surrounding-text": "text before or after the key was ignored",
  "assignment-prefix": "a variable name and an equals sign before the value were removed",
  "byte-order-mark": "a byte order mark was removed",
  "invisible-characters": "invisible characters were removed",
  "escaped-newlines": 'literal "\\n" became line ends',
  "eaten-backslashes": 'letters "n" left over from "\\n" became line ends',
  "escaped-characters": "backslash escapes were undone",
  "url-encoding": "percent encoding was undone",
  "spaces-for-newlines": "spaces in place of line ends were removed",
  "joined-lines": "lines that had been joined into one were read",
  "carriage-returns": "carriage returns were removed",
  indentation: "indentation was removed",
  "missing-header": "the missing BEGIN line was supplied",
  "missing-footer": "the missing END line was supplied",
  "damaged-armour": "a damaged BEGIN or END line was read",
  "wrong-label": "the BEGIN line names another kind of key than the content; the content decides",
  "missing-padding": "missing base64 padding was supplied",
  "base64url-alphabet": "base64url characters were read as base64",
  "base64-of-pem": "read from base64",
  hexadecimal: "hexadecimal was undone",
  "utf-16": "UTF-16 text was read",
  binary: "a binary key was read",
  "json-punctuation": "quotes or commas that are none of JSON were corrected",
  "json-line-breaks": "line ends inside of JSON texts were removed",
  "json-list": "a list was read as a key set",
  "json-single": "a single JWK was read as a key set",
  "json-string": "the text inside of a JSON text was read",
  "member-padding": 'padding ("=") of a member of the JWK was removed',
  "member-alphabet": "base64 in a member of the JWK was read as base64url",
  "member-whitespace": "white space in a member of the JWK was removed",
} as const;

/** The name of one repair. */
export type KeyRepair = keyof typeof keyRepairs;

const BASE64 = "base64-of-pem" satisfies KeyRepair;

/**
 * The sentences. Base64 around a PEM is no damage but the form that `keys env` prints, since no shell and no env file
 * changes it; so it stands apart.
 */
export function describeRepairs(repairs: readonly KeyRepair[]): {
  readonly form: string | undefined;
  readonly repairs: readonly string[];
} {
  return {
    form: repairs.includes(BASE64) ? keyRepairs[BASE64] : undefined,
    repairs: repairs.filter((repair) => repair !== BASE64).map((repair) => keyRepairs[repair]),
  };
}

/** Collects repairs once each, in the order in which they were made. */
export class RepairLog {
  readonly #repairs = new Set<KeyRepair>();

  add(repair: KeyRepair): void {
    this.#repairs.add(repair);
  }

  /** Applies a replacement and notes the repair when it changed something. */
  replace(text: string, pattern: RegExp, replacement: string, repair: KeyRepair): string {
    const replaced = text.replace(pattern, replacement);
    if (replaced !== text) this.add(repair);
    return replaced;
  }

  list(): readonly KeyRepair[] {
    return Object.freeze([...this.#repairs]);
  }

  copy(): RepairLog {
    const log = new RepairLog();
    for (const repair of this.#repairs) log.add(repair);
    return log;
  }
}
