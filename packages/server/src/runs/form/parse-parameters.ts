/**
 * The parameters of a content type (RFC 9110, 5.6.6), read strictly. A quoted value is consumed whole, so text inside
 * it can never pass for another parameter. Stands alone because the form reader must see what the caller wrote exactly once.
 */

const NAME = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
// Wider than RFC 9110's token: clients send boundaries with `=`, `/`, `:`, `?` and brackets unquoted. Commas stay out,
// because they join two headers.
const BARE_VALUE = /[!#$%&'*+.^_`|~0-9A-Za-z()/:=?-]+/y;
const QUOTED_VALUE = /"((?:[^"\\]|\\.)*)"/y;
const SPACE = /[ \t]*/y;

export interface Parameter {
  /** Lower case. */
  readonly name: string;
  readonly value: string;
}

/** Everything after the media type, `; name=value` and so on, in its order. Undefined when any of it is damaged. */
export function parseParameters(text: string): readonly Parameter[] | undefined {
  const parameters: Parameter[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    at += match?.[0].length ?? 0;
    return match;
  };
  take(SPACE);
  while (at < text.length) {
    if (text[at] !== ";") return undefined;
    at += 1;
    take(SPACE);
    const name = take(NAME)?.[0];
    if (name !== undefined) {
      if (text[at] !== "=") return undefined;
      at += 1;
      const value = take(QUOTED_VALUE)?.[1]?.replace(/\\(.)/g, "$1") ?? take(BARE_VALUE)?.[0];
      if (value === undefined) return undefined;
      parameters.push({ name: name.toLowerCase(), value });
    }
    take(SPACE);
  }
  return parameters;
}
