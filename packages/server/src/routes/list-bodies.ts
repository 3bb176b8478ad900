/**
 * Answers about items that do not change while the server runs: each item becomes JSON once, when it is first asked
 * for, and what a caller sees is put together from these texts. Kept are one text per item and the list of all: callers
 * that see different items make nothing grow.
 */
import type { Access } from "@agentos/auth";
import { filterVisible } from "./filter-visible.ts";

export interface ListBodies<Item> {
  /** One item. */
  read(item: Item): string;
  /** A list of those that the caller may see, in the order of the server. */
  list(visible: Access["visible"]): string;
}

/** `describe` is called once for each item, when it is first shown; one that throws is asked again the next time. */
export function createListBodies<Item extends { readonly id: string }>(
  items: readonly Item[],
  describe: (item: Item) => object,
): ListBodies<Item> {
  const texts = new Map<Item, string>();
  let all: string | undefined;

  function read(item: Item): string {
    const known = texts.get(item);
    if (known !== undefined) return known;
    const text = JSON.stringify(describe(item));
    texts.set(item, text);
    return text;
  }

  const join = (shown: readonly Item[]) => `[${shown.map(read).join(",")}]`;

  return {
    read,
    list: (visible) => (visible === "all" ? (all ??= join(items)) : join(filterVisible(items, visible))),
  };
}
