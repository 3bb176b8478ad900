/**
 * Words, characters and values: what every package of ours needs to read and show what comes from elsewhere. An entry of its
 * own, so that facts stay facts, and that who needs no schema loads none.
 */
export { CONTROL_CHARACTER, UNPRINTABLE } from "./text/characters.ts";
export { formatDuration } from "./text/duration.ts";
export { escapeLines, escapeUnprintable } from "./text/escape-unprintable.ts";
export { countChanges, nearest } from "./text/nearest.ts";
export { isRecord } from "./wire/is-record.ts";
