// Runs a script that may not exist yet: `node tools/run-optional.ts FILE [ARGUMENTS]`.
// Says so in one line and succeeds when the file is missing, so that a task can be named before it is built.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [, self, file] = process.argv;
if (self === undefined || file === undefined) throw new Error("usage: run-optional.ts FILE [ARGUMENTS]");

if (existsSync(file)) {
  process.argv.splice(1, 2, resolve(file));
  await import(pathToFileURL(resolve(file)).href);
} else {
  console.log(`${file} does not exist yet: nothing to do`);
}
