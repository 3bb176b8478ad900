/** Characters that text from outside may not have, or is not shown with. Without flags: `test` then keeps no state. */

/** Controls and line ends: no id has one. Joiners such as U+200C are no controls: some names are written with them. */
// oxlint-disable-next-line no-control-regex -- finding them is the point
export const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** Controls, line ends, and what is invisible or turns text around: no line that people read has one. */
// oxlint-disable-next-line no-control-regex -- finding them is the point
export const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
