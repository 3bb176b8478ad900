/** Writes a call as a request: its path, its query and its body. */
import { InvalidInput } from "./client-errors.ts";

type QueryValue = string | number | boolean | null | undefined;

/** Values as they are; nothing is encoded yet. */
export interface CallValues {
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** What is undefined or null is left out. */
  readonly query?: Readonly<Record<string, QueryValue | readonly QueryValue[]>> | undefined;
}

/** A path below the base. */
export function writePath(template: string, { parameters = {}, query = {} }: CallValues): string {
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeSegment(name, parameters[name]));
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value]
      .flat()
      .filter((each) => each !== undefined && each !== null)
      .map((each): [string, string] => [name, String(each)]),
  );
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs).toString()}`;
}

/** A segment of dots would be read as a way up, encoded or not, and an empty one as another route. */
function encodeSegment(name: string, value: string | undefined): string {
  // Half of a character cannot be written.
  if (value === undefined || /^\.{0,2}$|\p{Surrogate}/u.test(value))
    throw new InvalidInput([
      {
        location: ["path", name],
        message: "must be an id, and not empty, dots alone or with half a character",
        type: "value_error",
      },
    ]);
  return encodeURIComponent(value);
}
