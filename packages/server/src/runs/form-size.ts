/** What a run holds of what it was sent, in bytes, near enough to bound it. */
import type { RunForm } from "./run-form.ts";
import type { RunMedia } from "./runnable.ts";

/** What a value costs besides its text, measured with lists of empty objects. */
const VALUE_BYTES = 64;

/** Bytes that a form holds while its run lives, near enough. */
export function sizeOfForm({
  message,
  media,
  dependencies,
  metadata,
  sessionState,
}: Pick<RunForm, "message" | "media" | "dependencies" | "metadata" | "sessionState">): number {
  const ofMedia = media.reduce((sum, item) => sum + sizeOfMedia(item), 0);
  return (
    message.length * 2 +
    ofMedia +
    [dependencies, metadata, sessionState].reduce((sum, value) => sum + sizeOfJson(value), 0)
  );
}

function sizeOfMedia({ source }: RunMedia): number {
  return source.type === "bytes" ? source.bytes.byteLength : source.url.length * 2;
}

/** A value of JSON costs more than its text: each object, list and entry has a place of its own. */
export function sizeOfJson(value: object | undefined): number {
  if (value === undefined) return 0;
  const json = JSON.stringify(value);
  let values = 0;
  for (const mark of "{[,") values += json.split(mark).length - 1;
  return json.length * 2 + values * VALUE_BYTES;
}
