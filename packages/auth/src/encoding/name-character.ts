/** Characters that do not belong into a credential, in words of ours: what nobody has verified is not repeated. */

const NAMES: Readonly<Record<string, string>> = {
  '"': "a double quote",
  "'": "a single quote",
  "`": "a backtick",
  "“": "a typographic quote",
  "”": "a typographic quote",
  "‘": "a typographic quote",
  "’": "a typographic quote",
  " ": "a space",
  "\t": "a tab",
  "\n": "a line break",
  "\r": "a line break",
  "\u00a0": "a no-break space",
  ",": "a comma",
  ";": "a semicolon",
  "\\": "a backslash",
  "%": "a percent sign",
  ":": "a colon",
  "=": "an equals sign",
};

const CONTROL = "a control character";
const FOREIGN = "a character outside ASCII";
const OTHER = "a bracket or another sign";

/** Every name that {@link nameCharacter} gives. */
export const CHARACTER_NAMES: readonly string[] = [
  ...new Set([...Object.values(NAMES), CONTROL, FOREIGN, OTHER]),
];

/** `a comma`, `a control character`…: what stands there, in general words where the list has none. */
export function nameCharacter(character: string): string {
  const name = Object.hasOwn(NAMES, character) ? NAMES[character] : undefined;
  if (name !== undefined) return name;
  const code = character.charCodeAt(0);
  if (code < 0x20 || code === 0x7f) return CONTROL;
  return code > 0x7f ? FOREIGN : OTHER;
}
