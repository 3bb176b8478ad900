/** Takes what zod refused out of a value, so that the rest can be judged as well. */
import type { z } from "zod";

/** A copy without the refused parts, and the paths that were taken out. */
export function prune(
  value: unknown,
  error: z.ZodError,
): { readonly value: unknown; readonly removed: readonly string[] } {
  const copy: unknown = structuredClone(value);
  const removed: string[] = [];
  for (const issue of error.issues) {
    const paths =
      issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    for (const path of paths) {
      removeAt(copy, path);
      removed.push(path.map(String).join("."));
    }
  }
  return { value: copy, removed };
}

function removeAt(root: unknown, path: readonly PropertyKey[]): void {
  let holder: unknown = root;
  for (const [depth, key] of path.entries()) {
    if (typeof holder !== "object" || holder === null) return;
    // An item of a list goes with its whole list: taking it out alone would renumber the others.
    const next = path[depth + 1];
    if (depth === path.length - 1 || typeof next === "number") {
      delete (holder as Record<PropertyKey, unknown>)[key];
      return;
    }
    holder = (holder as Record<PropertyKey, unknown>)[key];
  }
}
