/** How values are written on the wire: times, and keys without a value (contract, conventions). */

/** ISO 8601 in UTC, of whole seconds since the epoch. */
export function toDateTime(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace(".000Z", "Z");
}

/** Whether a route writes keys without a value as null, or leaves them out. */
export type NullHabit = "with-null" | "no-null";

/** JSON text. Only the object's own keys are meant: what an application has put into a value stays. */
export function writeObject(object: object, nulls: NullHabit): string {
  if (nulls === "with-null") return JSON.stringify(object);
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(object).filter(([, value]: [string, unknown]) => value !== null && value !== undefined),
    ),
  );
}
