/**
 * The second address of a PostgreSQL, past a pooler: a pooler that lends connections for a transaction hands no
 * notifications on, so the one connection that listens goes past it.
 */
import type { Fault } from "@agentos/contract";
import { createOptionFault } from "@agentos/guard/app";
import { type DatabaseLocation, parseLocation } from "@agentos/storage";

export interface GivenDirectUrl {
  /** `database.directUrl`. */
  readonly option: string | undefined;
  /** `DATABASE_DIRECT_URL`; for a file it is nobody's mistake, it may be there for another program. */
  readonly variable: string | undefined;
}

const OPTION = "database.directUrl";
const VARIABLE = "DATABASE_DIRECT_URL";

/** The location with its second address; what is wrong with that one is told without a word of it. */
export function withDirectUrl(
  location: DatabaseLocation,
  { option, variable }: GivenDirectUrl,
): DatabaseLocation | Fault {
  if (location.kind !== "postgres")
    return option === undefined
      ? location
      : createOptionFault({
          option: OPTION,
          problem: "stands beside the path of a file, which has no second address",
          suggestion: `leave "${OPTION}" out, or give the address of a PostgreSQL in "database.url"`,
        });
  const text = option ?? variable;
  if (text === undefined) return location;
  const direct = parseLocation(text);
  if (typeof direct !== "string" && direct.kind === "postgres") return { ...location, directUrl: direct.url };
  return createOptionFault({
    option: option === undefined ? VARIABLE : OPTION,
    problem: "is not the address of a PostgreSQL",
    suggestion:
      'write "postgres://USER:PASSWORD@HOST:5432/NAME", the same database past the pooler, or leave it out',
  });
}
