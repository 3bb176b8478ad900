/**
 * Faults of the database that stop a start. `{database}` is what may be shown of it: kind, host, port and name, or the
 * path; never user, password or a driver's words.
 */
import type { FaultEntry } from "./entry.ts";
import { error } from "./fault-entry.ts";

export const storeFaults = {
  STORE_UNREACHABLE: error({
    title: "nobody answers for the database ({database})",
    fix: 'start its server, or correct host and port in "{option}"; where no server is meant, write "sqlite:" and the path of a file',
  }),
  STORE_LOCKED: error({
    title: "the database ({database}) lets nobody else in now",
    fix: "end the program that holds it, such as an open transaction or a backup, then start again",
  }),
  STORE_FULL: error({
    title: "there is no space left for the database ({database})",
    fix: "make room on the disk that it is on, then start again",
  }),
  STORE_READ_ONLY: error({
    title: "the database ({database}) can only be read",
    fix: "let the user that runs this process write to it and to its folder; of a PostgreSQL that is a copy of another, give the address of the other",
  }),
  STORE_ACCESS_REFUSED: error({
    title: "the database ({database}) does not let this user in",
    fix: 'correct user and password in "{option}", or give that user the right to make tables there; of a file, let the user that runs this process read and write it and its folder',
  }),
  STORE_MISSING: error({
    title: "there is no such database: {database}",
    fix: 'correct the name or the path in "{option}"; a database of PostgreSQL is made with "createdb", a file of SQLite by the start itself in any folder that can be made',
  }),
  STORE_DAMAGED: error({
    title: "the database ({database}) is damaged, or the file is no database",
    fix: 'move its file away, with those beside it that end in "-wal" and "-shm", and put a backup in its place, or correct the path in "{option}"; where there is no backup, a start without the file makes an empty one',
  }),
  STORE_UNSUPPORTED: error({
    title: "the database ({database}) cannot be used: {reason}",
    fix: 'change what is named here, at the database or in its address in "{option}", or give another database there',
  }),
  STORE_NEWER: error({
    title: "the database ({database}) was changed by a newer version of AgentOS",
    fix: 'start that version or a newer one, or give another database in "{option}"',
  }),
} as const satisfies Record<string, FaultEntry>;
