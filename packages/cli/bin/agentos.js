#!/usr/bin/env node
// Entry of the `agentos` command, in plain JavaScript that an old Node can still read.
// Runs dist/main.js in a published package or after a build, src/main.ts in a fresh clone.
// Under a Node that is too old it re-executes itself with the Node that the repository pins.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NEEDED = [22, 18];
const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, "../dist/main.js");
const source = join(here, "../src/main.ts");
// INVARIANT: in the repository the source wins, so that a stale build never hides an edit.
// Node strips no types under node_modules, so an installed package always runs its build.
const isInstalled = here.split(/[\\/]/).includes("node_modules");
const main = !isInstalled && existsSync(source) ? source : built;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) {
  await import(new URL(`file://${main}`).href);
} else {
  runWithPinnedNode();
}

function runWithPinnedNode() {
  const pinned = join(here, "../../../node_modules/node/bin/node");
  if (isInstalled || process.env.AGENTOS_REEXECUTED === "1" || !existsSync(pinned)) {
    console.error(`agentos needs Node ${NEEDED.join(".")} or newer; this is Node ${process.versions.node}`);
    process.exit(1);
  }
  const child = spawn(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, AGENTOS_REEXECUTED: "1" },
  });
  // A terminal sends Ctrl-C to both; the child decides when it is done, we only wait.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}
