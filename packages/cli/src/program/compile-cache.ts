/**
 * Compiled code is kept between runs, because compiling is a third of a short command's time. What is
 * in the cache is run, so it is only ever kept where nobody else can write: never in the system's folder for temporary
 * files. Stands alone, because it runs before our packages can be resolved.
 */
import { lstatSync, mkdirSync, realpathSync } from "node:fs";
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
  const folder = join(base, "agentos", "compile-cache");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Not followed: a link belongs to whoever made it, what it points to does not.
  const own = lstatSync(folder);
  if (!own.isDirectory() || own.uid !== userId || (own.mode & ACCESSIBLE_BY_OTHERS) !== 0) return undefined;
  const real = realpathSync(folder);
  return areParentsSafe(real, userId) ? real : undefined;
}

/** Whoever may write to a folder above may put another one in this one's place, unless only owners may rename there. */
function areParentsSafe(folder: string, userId: number): boolean {
  for (let path = dirname(folder); ; path = dirname(path)) {
    const { uid, mode } = lstatSync(path);
    if (uid !== userId && uid !== ROOT) return false;
    if ((mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
