/** Things in the order of their last use: a list through the things themselves, so that a use costs no search. */

/** What can be in the order; the order alone writes to it. */
export interface Used<Item> {
  older: Item | undefined;
  newer: Item | undefined;
}

export interface UseOrder<Item extends Used<Item>> {
  readonly size: number;
  readonly newest: Item | undefined;
  /** Puts it at the end, as the newest. */
  use(item: Item): void;
  remove(item: Item): void;
  /** Oldest first; the one that was given may be removed meanwhile. */
  list(): Iterable<Item>;
}

export function createUseOrder<Item extends Used<Item>>(): UseOrder<Item> {
  let oldest: Item | undefined;
  let newest: Item | undefined;
  let size = 0;

  const isIn = (item: Item) => item === oldest || item.older !== undefined;

  function remove(item: Item): void {
    if (!isIn(item)) return;
    size -= 1;
    if (item.older === undefined) oldest = item.newer;
    else item.older.newer = item.newer;
    if (item.newer === undefined) newest = item.older;
    else item.newer.older = item.older;
    item.older = undefined;
    item.newer = undefined;
  }

  return {
    get size() {
      return size;
    },
    get newest() {
      return newest;
    },
    use(item) {
      if (item === newest) return;
      remove(item);
      size += 1;
      item.older = newest;
      if (newest === undefined) oldest = item;
      else newest.newer = item;
      newest = item;
    },
    remove,
    *list() {
      for (let item = oldest; item !== undefined; ) {
        const { newer }: Used<Item> = item;
        yield item;
        item = newer;
      }
    },
  };
}
