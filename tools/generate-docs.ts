// Writes the reference pages and the troubleshooting page under docs/ from the code: `npm run generate`. With `--check` writes
// nothing, and fails with the name of every page that is not what the code says.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findStale, writePages } from "./docs/pages.ts";

const { values } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    /** Folder of the pages, for tests. */
    out: { type: "string", default: join(import.meta.dirname, "../docs") },
  },
});

const stale = findStale(values.out);
if (values.check) {
  for (const name of stale) {
    console.error(`docs/${name} is not what the code says: run \`npm run generate\` and read the difference`);
  }
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  writePages(values.out, stale);
  console.log(stale.length === 0 ? "docs are up to date" : `wrote ${stale.join(", ")} in docs`);
}
