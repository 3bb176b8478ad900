/** Where a database is, from the text that a person wrote: what is wrong with that text, and how the place is shown. */
import { relative, resolve } from "node:path";
import { type DatabaseLocation, type LocationFault, showLocation } from "./parse-location.ts";

/** With an absolute path, and as it is shown: below the working directory as people write it there, elsewhere as the whole path. */
export function placeLocation(
  location: DatabaseLocation,
  workingDirectory: string,
): { readonly location: DatabaseLocation; readonly shown: string } {
  if (location.kind !== "sqlite" || location.file === ":memory:")
    return { location, shown: showLocation(location) };
  const file = resolve(workingDirectory, location.file);
  const below = relative(workingDirectory, file);
  const shown = below === "" || below.startsWith("..") ? file : below;
  return { location: { kind: "sqlite", file }, shown: showLocation({ kind: "sqlite", file: shown }) };
}

/** What is wrong with the text, and what to write instead. */
export function describeLocationFault(fault: LocationFault): {
  readonly problem: string;
  readonly suggestion: string;
} {
  return LOCATION_FAULTS[fault];
}

const LOCATION_FAULTS: Readonly<
  Record<LocationFault, { readonly problem: string; readonly suggestion: string }>
> = {
  empty: {
    problem: "is empty",
    suggestion: 'write "sqlite:.agentos/agentos.db" or the address of a PostgreSQL, or leave it out',
  },
  "unknown-scheme": {
    problem: 'begins with neither "sqlite:" nor "postgres://"',
    suggestion:
      'write "sqlite:" before the path of a file; the address of a PostgreSQL is "postgres://USER:PASSWORD@HOST:5432/NAME"',
  },
  "no-url": {
    problem: "is no address that can be read",
    suggestion:
      'write "postgres://USER:PASSWORD@HOST:5432/NAME", and what is neither letter nor digit in user and password in its percent form, as "%40" for "@"',
  },
  "no-host": {
    problem: "names no host",
    suggestion: 'write "postgres://USER:PASSWORD@HOST:5432/NAME", with the host behind the "@"',
  },
  "no-file": {
    problem: "names no file",
    suggestion: 'write the path of a file behind "sqlite:", such as "sqlite:.agentos/agentos.db"',
  },
};
