// The generated pages by file name, and which of those in a folder are not what the code says.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { agentOptionsPage } from "./agent-options-page.ts";
import { errorsPage } from "./errors-page.ts";
import { lifecyclePage } from "./lifecycle-page.ts";
import { limitsPage } from "./limits-page.ts";
import { optionsPage } from "./options-page.ts";
import { scopesPage } from "./scopes-page.ts";
import { troubleshootingPage } from "./troubleshooting-page.ts";

export const pages: Readonly<Record<string, () => string>> = {
  "reference/errors.md": errorsPage,
  "reference/scopes.md": scopesPage,
  "reference/authorization-config.md": optionsPage,
  "reference/agent-options.md": agentOptionsPage,
  "reference/limits.md": limitsPage,
  "troubleshooting.md": troubleshootingPage,
  "lifecycle.md": lifecyclePage,
};

/** Names of the pages in `folder` that are missing or differ. */
export function findStale(folder: string): readonly string[] {
  return Object.entries(pages).flatMap(([name, render]) => {
    const file = join(folder, name);
    return existsSync(file) && readFileSync(file, "utf8") === render() ? [] : [name];
  });
}

export function writePages(folder: string, names: readonly string[]): void {
  for (const name of names) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, pages[name]?.() ?? "");
  }
}
