/** The texts of a run that is kept, for drivers of every kind. */
import type { StoredOutput } from "../runs/store.ts";

/** A list of JSON texts, with more at its end. */
export function appendTexts(listJson: string | null, more: readonly string[]): string {
  const known = listJson === null ? "" : listJson.slice(1, -1);
  return `[${[...(known === "" ? [] : [known]), ...more].join(",")}]`;
}

/** INVARIANT: the run service wrote it. */
export function readOutput(json: string): StoredOutput {
  return JSON.parse(json) as StoredOutput;
}
