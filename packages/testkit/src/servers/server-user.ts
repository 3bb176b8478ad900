/** The user that servers of tests run as: PostgreSQL and PgBouncer refuse to run as root. */
import { readFileSync } from "node:fs";

/** Given to `spawn`. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** The rights of `nobody` where the tests run as root; else one's own. */
export function findServerUser(): ServerUser {
  if (process.getuid?.() !== 0) return {};
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync("/etc/passwd", "utf8")) ?? [];
  if (uid === undefined)
    throw new Error(
      "PostgreSQL refuses to run as root, and there is no user `nobody`: run the tests as another",
    );
  return { uid: Number(uid), gid: Number(gid) };
}
