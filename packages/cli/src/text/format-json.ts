/** Values as JSON for output: every character in it can be seen, and nothing nested breaks it. */
import { escapeUnprintable } from "./unprintable.ts";

/** Deeper than anything that is meant, and far from what runs out of stack. */
const MAX_DEPTH = 32;
const TOO_DEEP = "[too deep]";

/** JSON of a value that has no cycles. It reads back as the same value, except that deep nesting is cut. */
export function formatJson(value: unknown, options: { readonly isOneLine?: boolean } = {}): string {
  const text = JSON.stringify(boundDepth(value, MAX_DEPTH), null, options.isOneLine === true ? 0 : 2);
  // Raw line ends stand between the members only: those inside of texts are escaped already.
  return text.split("\n").map(escapeUnprintable).join("\n");
}

function boundDepth(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return TOO_DEEP;
  if (Array.isArray(value)) return value.map((item) => boundDepth(item, depth - 1));
  // fromEntries defines own properties, so a member "__proto__" stays data.
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, boundDepth(item, depth - 1)]));
}
