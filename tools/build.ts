// Builds `dist` of the named packages and of what they need: `node tools/build.ts [NAME...]`, all without a name.
// Plain tsc, one file in and one file out: what a user debugs is what we wrote.
import { spawnSync } from "node:child_process";
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type PublishedPackage, publishedPackages } from "./packages.ts";

// npm runs `prepack` inside the package's folder.
const root = join(import.meta.dirname, "..");
const wanted = new Set(process.argv.slice(2));
for (const { name, needs } of publishedPackages.toReversed()) {
  if (wanted.has(name)) for (const needed of needs) wanted.add(needed);
}
for (const entry of publishedPackages) {
  if (wanted.size === 0 || wanted.has(entry.name)) build(entry);
}

function build(entry: PublishedPackage): void {
  const startedAt = performance.now();
  const folder = join(root, "packages", entry.name);
  const dist = join(folder, "dist");
  rmSync(dist, { recursive: true, force: true });
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", join(folder, "tsconfig.build.json")], {
    stdio: "inherit",
  });
  if (status !== 0) {
    console.error(`build: ${entry.name} failed`);
    process.exit(status ?? 1);
  }
  rewriteDeclarations(dist);
  copyAssets(entry, folder, dist);
  if (entry.hasConsole === true) buildConsole();
  console.log(`built ${entry.name} ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

/** tsc rewrites `./x.ts` to `./x.js` in code but not in declarations, where older compilers need it too. */
function rewriteDeclarations(dist: string): void {
  for (const path of globSync("**/*.d.ts", { cwd: dist })) {
    const file = join(dist, path);
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replaceAll(/((?:from |import |import\()"\.{1,2}\/[^"]+)\.ts"/g, '$1.js"'));
  }
}

/** Beside `dist`, where the package finds it from its source as well; see tools/build-console.ts. */
function buildConsole(): void {
  const { status } = spawnSync(process.execPath, [join(root, "tools/build-console.ts")], {
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}

function copyAssets(entry: PublishedPackage, folder: string, dist: string): void {
  const { resolve } = createRequire(join(folder, "package.json"));
  for (const [specifier, path] of Object.entries(entry.assets ?? {})) {
    const target = join(dist, path);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(resolve(specifier), target);
  }
}
