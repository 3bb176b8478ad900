/**
 * Compiled code is kept between runs, because compiling is a third of a short command's time. What is
 * in the cache is run, so it is only ever kept where nobody else can write: never in the system's folder for temporary
 * files. Stands alone, because it runs before our packages can be resolved.
 */
import { existsSync, lstatSync, mkdirSync, realpathSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

const STICKY = 0o1000;
const WRITABLE_BY_OTHERS = 0o022;
const ACCESSIBLE_BY_OTHERS = 0o077;
const ROOT = 0;

/** Turns the cache on, or leaves it off where no folder is safe. Never throws. */
export function enableOwnCompileCache(env: Readonly<Record<string, string | undefined>>): void {
  try {
    const folder = prepareCacheFolder(env, process.geteuid?.());
    if (folder !== undefined) enableCompileCache(folder);
  } catch {
    // A command without its cache is slower by a tenth of a second, and nothing else.
  }
}

/**
 * The folder of this user, made if it is missing; undefined where it is not theirs alone. `userId` is undefined where
 * the system has no owners to check (Windows): no cache then.
 */
function prepareCacheFolder(
  env: Readonly<Record<string, string | undefined>>,
  userId: number | undefined,
): string | undefined {
  if (userId === undefined) return undefined;
  const configured = env["XDG_CACHE_HOME"] ?? "";
  const base = isAbsolute(configured) ? configured : join(homedir(), ".cache");
  // An empty or relative HOME would put it below whatever folder the command is run in.
  if (!isAbsolute(base)) return undefined;
  const folder = join(base, "agentos", "compile-cache");
  // Before anything is made: root would leave a folder in somebody's home, or where a link of theirs leads.
  if (!isSafe(findExisting(folder), userId)) return undefined;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const real = realpathSync(folder);
  // A link belongs to whoever made it, so there must be none; and what it leads to now is what is looked at and used.
  return isOwn(folder, userId) && isOwn(real, userId) && isSafe(dirname(real), userId) ? real : undefined;
}

/** Not followed. */
function isOwn(folder: string, userId: number): boolean {
  const found = lstatSync(folder);
  return found.isDirectory() && found.uid === userId && (found.mode & ACCESSIBLE_BY_OTHERS) === 0;
}

/** The nearest folder that is there already, where it really is. */
function findExisting(folder: string): string {
  for (let path = folder; ; path = dirname(path))
    if (existsSync(path) || path === dirname(path)) return realpathSync(path);
}

/** Whoever may write to a folder or one above it may put another one in this one's place, unless only owners may rename there. */
function isSafe(folder: string, userId: number): boolean {
  for (let path = folder; ; path = dirname(path)) {
    const { uid, mode } = lstatSync(path);
    if (uid !== userId && uid !== ROOT) return false;
    if ((mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
