// Command of the check of code in the documentation; the work is in doc-code/.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkPages, findPages } from "./doc-code/check.ts";

const root = join(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    /** Folder of the pages, for tests. */
    pages: { type: "string", default: root },
  },
});
const faults = checkPages(findPages(values.pages), root, values.pages);

for (const { path, line, problem } of faults) console.error(`${path}:${line}: ${problem}`);
process.exitCode = faults.length === 0 ? 0 : 1;
