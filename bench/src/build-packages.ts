// Compiles the packages into their `dist`, as `npm run build` does.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Throws when it fails: a measurement of an old build would be worse than none. */
export function buildPackages(): void {
  const file = join(import.meta.dirname, "../../tools/build.ts");
  const { status } = spawnSync(process.execPath, [file, "server"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error("the packages do not build; the reason is above");
}
