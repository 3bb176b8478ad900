// Command of the small text checks; each stands in house-rules.ts.
import { existsSync, globSync, readFileSync } from "node:fs";
import { checkCitations, checkText } from "./house-rules.ts";

const patterns = [
  "{packages,apps,examples,bench,e2e,tools}/**/*.{ts,tsx,js,mjs,md,json}",
  "*.{json,md,ts}",
  "docs/**/*.md",
];
const faults = patterns
  .flatMap((pattern) => globSync(pattern))
  .filter((path) => !/(^|\/)(node_modules|dist|coverage)\//.test(path))
  .flatMap((path) => {
    const text = readFileSync(path, "utf8");
    return [...checkText(path, text), ...checkCitations(path, text, existsSync)];
  });

for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
