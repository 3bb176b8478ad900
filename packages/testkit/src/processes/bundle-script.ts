/**
 * A script of this repository in few files, for tests that start it as a process many times. From source, Node finds,
 * strips and compiles hundreds of files at each start, which costs three times what the rest of a short command does.
 */
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  globSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

const root = join(import.meta.dirname, "../../../..");
/** In this clone, since what is in it is run: a name that others know in a folder that they can write to would be theirs to fill. */
const folder = join(root, "node_modules/.cache/agentos-tests");
const MAIN = "main.js";
const DAY_MS = 86_400_000;

export interface BundledScript {
  /** To be started in place of the script. */
  readonly file: string;
  /** For `NODE_COMPILE_CACHE`: compiled once for all the processes of the tests. */
  readonly compileCache: string;
}

/**
 * Bundles a script as the source is now: each state of the source has a bundle of its own. Not for one that loads
 * modules of a user, whose `@agentos/server` would be another one than that of the bundle.
 */
export async function bundleScript(script: string): Promise<BundledScript> {
  const bundle = join(folder, `${basename(script, ".ts")}-${hashInputs(script)}`);
  const bundled = { file: join(bundle, MAIN), compileCache: join(bundle, "compiled") };
  if (!isTouched(bundle)) {
    const made = `${bundle}.${randomBytes(4).toString("hex")}`;
    await writeBundle(script, made);
    moveInPlace(made, bundle);
    removeOld();
  }
  return bundled;
}

/** Marks a bundle as in use; false where there is none, or what is left of one. */
function isTouched(bundle: string): boolean {
  try {
    utimesSync(bundle, new Date(), new Date());
  } catch {
    // It is not there, or is another user's, who alone may say so.
  }
  return existsSync(join(bundle, MAIN));
}

function moveInPlace(made: string, bundle: string): void {
  try {
    renameSync(made, bundle);
  } catch {
    if (isTouched(bundle)) {
      // Another process was faster with the same.
      rmSync(made, { recursive: true });
      return;
    }
    // Its removal was interrupted.
    rmSync(bundle, { recursive: true, force: true });
    renameSync(made, bundle);
  }
}

async function writeBundle(script: string, target: string): Promise<void> {
  const { rolldown } = await import("rolldown");
  const bundle = await rolldown({
    input: { main: script },
    platform: "node",
    resolve: { conditionNames: ["@agentos/source", "node", "import", "module", "default"] },
    // Chooses its parts while it loads, which a bundle orders in another way.
    external: ["pg", /^node:/],
    logLevel: "silent",
  });
  // Names are read: of errors in what is printed.
  await bundle.write({ dir: target, format: "esm", keepNames: true });
  await bundle.close();
}

/** All that a bundle is made of: our source, the script and what is beside it, and what is installed. */
function hashInputs(script: string): string {
  const sources = globSync(["packages/*/src/**/*.ts", "packages/*/package.json"], { cwd: root });
  const beside = readdirSync(dirname(script)).filter((name) => name.endsWith(".ts"));
  const paths = [
    import.meta.filename,
    join(root, "package-lock.json"),
    ...sources.map((path) => join(root, path)),
    ...beside.map((name) => join(dirname(script), name)),
  ];
  const hash = createHash("sha256");
  for (const path of paths.sort()) hash.update(`${path}\0`).update(readFileSync(path)).update("\0");
  return hash.digest("hex").slice(0, 32);
}

/** Bundles that nobody has asked for since yesterday; a run beside this one may still use another. */
function removeOld(): void {
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    // One that is being made beside this may have its name by now.
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Number.NaN };
    if (Date.now() - mtimeMs > DAY_MS) remove(path);
  }
}

function remove(bundle: string): void {
  try {
    // First, so that what is left when this is interrupted counts as none.
    rmSync(join(bundle, MAIN), { force: true });
    rmSync(bundle, { recursive: true, force: true });
  } catch {
    // Another user's: theirs to remove.
  }
}
