/** Characters that text from outside may not have, or is not shown with. Without flags: `test` then keeps no state. */

/** Controls and line ends: no id has one. Joiners such as U+200C are no controls: some names are written with them. */
// oxlint-disable-next-line no-control-regex -- finding them is the point
export const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * Controls, line ends, format characters (bidirectional and zero-width ones among them), private use, lone surrogates,
 * and whatever else a renderer leaves out, such as the Hangul fillers: no line that people read has one.
 */
export const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;
