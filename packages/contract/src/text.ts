/** Words and characters: what every package of ours needs to read and show text. An entry of its own, so that facts stay facts. */
export { CONTROL_CHARACTER, UNPRINTABLE } from "./text/characters.ts";
export { formatDuration } from "./text/duration.ts";
export { escapeLines, escapeUnprintable } from "./text/escape-unprintable.ts";
export { countChanges, nearest } from "./text/nearest.ts";
