/** The folder of our own in which databases are by default. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const OWN_FOLDER = ".agentos";

/** The folder of our own, where it is made now: what people say to their agents does not belong into a repository. */
export function hideFolder(file: string): void {
  const folder = dirname(file);
  if (basename(folder) !== OWN_FOLDER || existsSync(folder)) return;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, ".gitignore"), "*\n", { flag: "wx", mode: 0o600 });
  } catch {
    // Whatever is in the way stops the opening too, and is told there.
  }
}
