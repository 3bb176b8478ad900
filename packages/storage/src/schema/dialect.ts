/** Where SQLite and PostgreSQL differ in what we write ourselves. Everything else is the same text for both. */
import { type Expression, type RawBuilder, sql } from "kysely";

export type DialectName = "sqlite" | "postgres";

export interface Dialect {
  readonly name: DialectName;
  /** Types of columns. */
  readonly types: {
    /** A key that counts up by itself. */
    readonly identity: string;
    readonly integer: string;
    /** Compared byte by byte. */
    readonly text: string;
    /** Seconds since the epoch, with a fraction. */
    readonly seconds: string;
  };
  /** The database's clock: seconds since the epoch, with a fraction. */
  readonly now: RawBuilder<number>;
  /** Whether a text has another in it, without regard to the case of A to Z; no character is a wildcard. */
  contains(text: Expression<string | null>, part: string): RawBuilder<boolean>;
}

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  sqlite: {
    name: "sqlite",
    types: {
      identity: "integer primary key autoincrement",
      integer: "integer",
      text: "text",
      seconds: "real",
    },
    now: sql<number>`unixepoch('subsec')`,
    contains: (text, part) => sql<boolean>`instr(lower(${text}), lower(${part})) > 0`,
  },
  postgres: {
    name: "postgres",
    types: {
      identity: "bigint generated always as identity primary key",
      integer: "bigint",
      text: 'text collate "C"',
      seconds: "double precision",
    },
    now: sql<number>`extract(epoch from clock_timestamp())::double precision`,
    contains: (text, part) => sql<boolean>`strpos(lower(${text}), lower(${part} collate "C")) > 0`,
  },
};
