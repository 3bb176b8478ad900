import type { Access } from "@agentos/auth";

/** The items of a list that this caller may see. */
export function filterVisible<Item extends { readonly id: string }>(
  items: readonly Item[],
  visible: Access["visible"],
): readonly Item[] {
  return visible === "all" ? items : items.filter(({ id }) => visible.has(id));
}
