// PgBouncer for `npm run soak`. Where the machine has none, and is one of Debian's kind, its packages are fetched and
// unpacked into a temporary folder: nothing is installed, and no rights are needed.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** What the program needs and a small machine lacks. */
const LIBRARIES = /^(libevent|libc-ares)/;

/** For `AGENTOS_TEST_PGBOUNCER`; undefined where there is none, and none can be had. */
export function findPgbouncer(): string | undefined {
  const given = process.env["AGENTOS_TEST_PGBOUNCER"];
  if (given !== undefined) return given;
  if (spawnSync("pgbouncer", ["--version"]).status === 0) return "pgbouncer";
  const { stdout, status } = spawnSync("apt-cache", ["depends", "pgbouncer"], { encoding: "utf8" });
  if (status !== 0) return undefined;
  const names = stdout.match(/(?<=Depends: )[\w.+-]+/g)?.filter((name) => LIBRARIES.test(name)) ?? [];
  const folder = mkdtempSync(join(tmpdir(), "agentos-pgbouncer-program-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  // Whoever it runs as must reach it.
  chmodSync(folder, 0o755);
  spawnSync("apt-get", ["download", "pgbouncer", ...names], { cwd: folder, timeout: 60_000 });
  for (const file of readdirSync(folder)) spawnSync("dpkg-deb", ["-x", file, "root"], { cwd: folder });
  const program = join(folder, "root/usr/sbin/pgbouncer");
  if (!existsSync(program)) return undefined;
  const libraries = join(folder, "root/usr/lib");
  const ofPlatform = existsSync(libraries) ? readdirSync(libraries).map((name) => join(libraries, name)) : [];
  return [program, ofPlatform.find((path) => path.includes("linux-gnu")) ?? libraries].join(delimiter);
}
