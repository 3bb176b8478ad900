/** Freezes in place and all the way down, however deep that is; for data without functions, such as JSON. */
export function deepFreeze<T>(value: T): T {
  // A list of what is left, and not a call for each level: JSON of a few kilobytes nests deeper than the stack.
  const open: unknown[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== "object" || next === null || Object.isFrozen(next)) continue;
    Object.freeze(next);
    for (const inner of Object.values(next)) if (typeof inner === "object") open.push(inner);
  }
  return value;
}
