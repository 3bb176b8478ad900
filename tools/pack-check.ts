// `npm run pack:check`: judges what we would publish. Builds and packs each package, lints the tarballs
// (publint, arethetypeswrong), installs all of them into a clean folder outside the repository, then
// imports every entry with plain Node and type-checks a consumer. Tests what we ship, not what we wrote.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkGuardAlone } from "./guard-alone.ts";
import { publishedPackages } from "./packages.ts";

const root = join(import.meta.dirname, "..");
const modules = join(root, "node_modules");
const home = mkdtempSync(join(tmpdir(), "agentos-pack-"));
// Whatever happens, nothing stays behind.
process.on("exit", () => rmSync(home, { recursive: true, force: true }));
const folder = join(home, "consumer");
mkdirSync(folder);

const tarballs = packAll();
for (const tarball of tarballs) lintTarball(tarball);
installAll(tarballs);
const entries = listEntries();
importEntries(entries);
typeCheckConsumer(entries);
runCommand();
await runGuardAlone(tarballs);
console.log(`pack:check: ${tarballs.length} tarballs, ${entries.length} entries, all good`);

function packAll(): string[] {
  step("build", process.execPath, [join(root, "tools/build.ts")], root);
  const selected = publishedPackages.flatMap(({ name }) => ["--workspace", `packages/${name}`]);
  // The build above is fresh: `prepack` would only repeat it.
  step("pack", "npm", ["pack", "--ignore-scripts", "--pack-destination", folder, ...selected], root);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".tgz"))
    .map((name) => join(folder, name));
}

function lintTarball(tarball: string): void {
  step(
    "publint",
    process.execPath,
    [join(modules, "publint/src/cli.js"), "run", tarball, "--strict"],
    folder,
  );
  const attw = join(modules, "@arethetypeswrong/cli/dist/index.js");
  const options = ["--profile", "esm-only", "--no-definitely-typed", "--format", "ascii"];
  step("attw", process.execPath, [attw, tarball, ...options], folder);
}

function installAll(files: readonly string[]): void {
  const manifest = { name: "consumer", private: true, type: "module" };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  install(folder, files);
}

function install(cwd: string, packages: readonly string[]): void {
  const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", "--loglevel=error"];
  step("install", "npm", ["install", ...options, ...packages], cwd);
}

/** Every importable entry, read from the manifests that were really installed. */
function listEntries(): string[] {
  return publishedPackages.flatMap(({ name }) => {
    const file = join(folder, "node_modules/@agentos", name, "package.json");
    const manifest = JSON.parse(readFileSync(file, "utf8")) as { exports: Record<string, unknown> };
    return Object.keys(manifest.exports)
      .filter((entry) => entry !== "./package.json")
      .map((entry) => join(`@agentos/${name}`, entry));
  });
}

function importEntries(specifiers: readonly string[]): void {
  const lines = specifiers.map(
    (specifier, index) =>
      `import * as entry${index} from ${JSON.stringify(specifier)};\n` +
      `if (Object.keys(entry${index}).length === 0) throw new Error(${JSON.stringify(`${specifier} exports nothing`)});`,
  );
  writeFileSync(join(folder, "consumer.mjs"), lines.join("\n"));
  step("import", process.execPath, ["consumer.mjs"], folder);
}

function typeCheckConsumer(specifiers: readonly string[]): void {
  const lines = specifiers.map((specifier) => `export type * from ${JSON.stringify(specifier)};`);
  // Each in its own file: two entries may export the same name.
  const files = lines.map((line, index) => {
    writeFileSync(join(folder, `consumer-${index}.mts`), line);
    return `consumer-${index}.mts`;
  });
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024", "--skipLibCheck"];
  const tsc = join(modules, "typescript/bin/tsc");
  step(
    "types",
    process.execPath,
    [tsc, ...options, "--typeRoots", join(modules, "@types"), ...files],
    folder,
  );
}

function runCommand(): void {
  step("command", process.execPath, ["node_modules/@agentos/cli/bin/agentos.js", "--version"], folder);
}

/** The guard with what it needs and nothing of agents, in front of an Express and a Fastify server. */
async function runGuardAlone(files: readonly string[]): Promise<void> {
  const faults = await checkGuardAlone({
    root,
    // Beside the other installation, not below it: what it lacks must not be found there.
    folder: join(home, "guard-alone"),
    tarballs: files.filter((file) => /agentos-(contract|auth|guard)-/.test(file)),
    command: join(folder, "node_modules/@agentos/cli/bin/agentos.js"),
    install,
  });
  if (faults.length === 0) return;
  console.error(`pack:check: the guard alone failed:\n${faults.join("\n")}`);
  process.exit(1);
}

/** Runs one step quietly; on failure shows its output and stops. */
function step(name: string, file: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    cwd,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status === 0) return;
  console.error(`pack:check: ${name} failed: ${args.join(" ")}`);
  console.error(`${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}`);
  process.exit(1);
}
