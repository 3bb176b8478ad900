/** What a value of a token is, in words of ours: its kind, never the value. */

/** `a text`, `a list`…; completes "the claim is". */
export function describeKind(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return "a text";
    case "number":
      // As JSON has them, `1e400` say, which becomes infinite where it is read.
      return Number.isFinite(value) ? "a number" : "a number too large to be read";
    case "boolean":
      return "true or false";
    default:
      return "an object";
  }
}
