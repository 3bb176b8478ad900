/** Freezes in place and all the way down, however deep that is; for data without functions, such as JSON. */
export function deepFreeze<T>(value: T): T {
  // A list that grows, and not a call for each level: JSON of a few kilobytes nests deeper than the stack.
  const found: unknown[] = [value];
  for (const next of found) {
    // What is no object counts as frozen.
    if (!Object.isFrozen(next))
      for (const inner of Object.values(Object.freeze(next) as object)) found.push(inner);
  }
  return value;
}
