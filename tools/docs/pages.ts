// The generated pages by file name, and which of those in a folder are not what the code says.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorsPage } from "./errors-page.ts";
import { optionsPage } from "./options-page.ts";
import { scopesPage } from "./scopes-page.ts";

export const pages: Readonly<Record<string, () => string>> = {
  "errors.md": errorsPage,
  "scopes.md": scopesPage,
  "authorization-config.md": optionsPage,
};

/** Names of the pages in `folder` that are missing or differ. */
export function findStale(folder: string): readonly string[] {
  return Object.entries(pages).flatMap(([name, render]) => {
    const file = join(folder, name);
    return existsSync(file) && readFileSync(file, "utf8") === render() ? [] : [name];
  });
}

export function writePages(folder: string, names: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), pages[name]?.() ?? "");
}
