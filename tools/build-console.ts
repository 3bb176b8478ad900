// Builds the console into the package that serves it, unless it is built already: `npm start` from a clone does this once.
// What is served compressed is compressed here. Nothing is fetched.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const root = join(import.meta.dirname, "..");
const home = join(root, "apps/console");
const target = join(root, "packages/control-plane/console");
const stampFile = join(home, ".built");
/** What the built files are made of. */
const sources = [
  "apps/console/{src,public}/**/*",
  "apps/console/*.{html,json,ts}",
  "packages/{client,contract}/src/**/*.ts",
  "tools/build-console.ts",
  "package-lock.json",
];
const isTest = /\.(test|test-d|suite|fixture|cases)\.tsx?$/;
const compressible = /\.(js|css|html|svg|json)$/;

if (process.argv.includes("--styleguide")) buildStyleguide();
else if (process.argv.includes("--watch")) watchSources();
else buildOnce();

/** Builds after each change, whole: a control plane that runs serves it from the next document on. */
function watchSources(): void {
  const rebuild = () =>
    // A process of its own: a source that cannot be built ends that one only.
    spawnSync(process.execPath, [import.meta.filename], { stdio: "inherit" });
  rebuild();
  console.log("agentos: watching apps/console; load the page again after a change");
  let timer: NodeJS.Timeout | undefined;
  for (const folder of ["apps/console/src", "packages/client/src"])
    watch(join(root, folder), { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(rebuild, 200);
    });
}

function buildOnce(): void {
  const stamp = computeStamp();
  if (isBuilt(stamp)) return;
  const startedAt = performance.now();
  console.log("agentos: building the console; this takes some seconds, once");
  const made = `${target}.${process.pid}`;
  runVite(["--outDir", made]);
  for (const path of globSync("**/*", { cwd: made })) if (compressible.test(path)) compress(join(made, path));
  writeFontLicence(made);
  // Another process has built the same meanwhile, and may serve it already.
  if (isBuilt(stamp)) rmSync(made, { recursive: true });
  else {
    putInPlace(made);
    writeFileSync(stampFile, stamp);
  }
  console.log(`built console ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

function isBuilt(stamp: string): boolean {
  return existsSync(join(target, "index.html")) && readStamp() === stamp;
}

/** Another process may serve or build at the same time: the folder is whole, or for a moment it is not there. */
function putInPlace(made: string): void {
  const old = `${made}.old`;
  while (existsSync(made)) {
    // Nothing is there to take away, or another build has just put its own there: then once more.
    tryRename(target, old, "ENOENT");
    tryRename(made, target, "ENOTEMPTY", "EEXIST");
    rmSync(old, { recursive: true, force: true });
  }
}

function tryRename(from: string, to: string, ...lost: readonly string[]): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!lost.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** All components in all states, for people and tests; no package has it. */
function buildStyleguide(): void {
  const folder = join(home, "dist/styleguide");
  runVite(["--mode", "styleguide", "--outDir", folder]);
  renameSync(join(folder, "styleguide.html"), join(folder, "index.html"));
}

function runVite(args: readonly string[]): void {
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [vite, "build", home, "--emptyOutDir", "--logLevel", "warn", ...args],
    { encoding: "utf8" },
  );
  if (status === 0) return;
  console.error(`${stdout}${stderr}`);
  console.error("agentos: the console could not be built; the reason is above");
  process.exit(1);
}

function compress(file: string): void {
  const bytes = readFileSync(file);
  if (bytes.length < 1_024) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
}

/** The licence of a font asks to come along. Those of the code are in the list that Vite writes. */
function writeFontLicence(folder: string): void {
  const licence = readFileSync(join(root, "node_modules/@fontsource-variable/inter/LICENSE"), "utf8");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "licence-of-inter.txt"), licence);
}

function computeStamp(): string {
  const hash = createHash("sha256");
  const files = globSync(sources, { cwd: root }).map((path) => path.replaceAll("\\", "/"));
  for (const path of files.filter((file) => !isTest.test(file)).sort()) {
    const bytes = readIfFile(join(root, path));
    if (bytes !== undefined) hash.update(`${path} ${bytes.length}\n`).update(bytes);
  }
  return `${hash.digest("hex")}\n`;
}

function readIfFile(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    // A folder: its files come by themselves.
    return undefined;
  }
}

function readStamp(): string | undefined {
  return existsSync(stampFile) ? readFileSync(stampFile, "utf8") : undefined;
}
