/**
 * Things that come and go, in no order. A `Set` that few things enter and leave quickly makes a new table every few
 * changes, and an old table that has been moved to V8's old space keeps all that follow it alive until the next full
 * collection: of 1,000 short runs one after the other, a third were promoted that way. An array leaves nothing behind.
 */

/** What can be in a bag; the bag alone writes to it. */
export interface BagItem {
  /** Where it is; -1 outside. */
  position: number;
}

export interface Bag<Item extends BagItem> extends Iterable<Item> {
  readonly size: number;
  add(item: Item): void;
  /** False where it was not in. */
  remove(item: Item): boolean;
}

export function createBag<Item extends BagItem>(): Bag<Item> {
  const items: Item[] = [];
  return {
    get size() {
      return items.length;
    },
    add(item) {
      item.position = items.length;
      items.push(item);
    },
    remove(item) {
      const { position } = item;
      if (items[position] !== item) return false;
      const last = items.pop();
      if (last !== undefined && last !== item) {
        items[position] = last;
        last.position = position;
      }
      item.position = -1;
      return true;
    },
    [Symbol.iterator]: () => [...items].values(),
  };
}
