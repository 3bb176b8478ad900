/** Files that go with a message: what an AgentOS takes, judged before anything is sent. */
import { countOf } from "../../lib/words.ts";

export const ATTACHMENT_LIMITS = Object.freeze({
  maxCount: 20,
  /** Of all together, bytes: the server's limit is 20 MiB for the whole form. */
  maxBytes: 19 * 1024 * 1024,
});

interface FileFacts {
  readonly name: string;
  readonly size: number;
}

export interface Taken<File extends FileFacts> {
  readonly files: readonly File[];
  /** Which were left out, and why. */
  readonly faults: readonly string[];
}

const MAX_FAULTS = 3;

/** Adds as many as there is room for; what is left out is named. */
export function addFiles<File extends FileFacts>(held: readonly File[], added: readonly File[]): Taken<File> {
  const files = [...held];
  const faults: string[] = [];
  let bytes = held.reduce((sum, { size }) => sum + size, 0);
  for (const file of added) {
    if (file.size === 0) faults.push(`“${file.name}” was not attached: it is empty.`);
    else if (files.length >= ATTACHMENT_LIMITS.maxCount)
      faults.push(
        `“${file.name}” was not attached: a message takes ${countOf(ATTACHMENT_LIMITS.maxCount, "file")}.`,
      );
    else if (bytes + file.size > ATTACHMENT_LIMITS.maxBytes)
      faults.push(
        `“${file.name}” was not attached: the files of a message may have ${describeSize(ATTACHMENT_LIMITS.maxBytes)} together.`,
      );
    else {
      files.push(file);
      bytes += file.size;
    }
  }
  return {
    files,
    faults:
      faults.length <= MAX_FAULTS
        ? faults
        : [
            ...faults.slice(0, MAX_FAULTS),
            `${countOf(faults.length - MAX_FAULTS, "other file")} not attached either.`,
          ],
  };
}

/** `340 B`, `12 kB`, `3.4 MB`. */
export function describeSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
