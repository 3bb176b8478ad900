/** Characters of strangers that nobody sees, or that turn others around: written out, so that what is read is what there is. */

/**
 * Controls but ends of lines and tabs, characters without a look of their own, those that set the direction, private ones,
 * and halves. Within an emoji, and between letters of scripts that join them, they are part of what is seen.
 */
const HIDDEN =
  /(?![\t\n]|\r\n)(?!(?<=\p{Extended_Pictographic})[\ufe0e\ufe0f])(?!(?<=\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?)\u200d\p{Extended_Pictographic})(?!(?<=[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Sinhala}\p{Script=Malayalam}])[\u200c\u200d][\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Sinhala}\p{Script=Malayalam}])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** As an escape of JSON, such as `\u202e`. */
export function showHidden(text: string): string {
  return text.replace(HIDDEN, (found) =>
    Array.from({ length: found.length }, (_, at) => found.charCodeAt(at))
      .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

export function countHidden(text: string): number {
  return text.match(HIDDEN)?.length ?? 0;
}

/** Without what a terminal would take for keys: only the end of a line and a tab are left of the controls. */
export function dropControls(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/(?![\t\n])\p{Cc}/gu, "");
}
