/** How keys without a value are written on the wire (contract, conventions). */

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
