/** A map whose keys are tuples of texts, compared part by part: no choice of parts can make two keys equal. */

export interface TupleMap<Value> {
  get(key: readonly string[]): Value | undefined;
  set(key: readonly string[], value: Value): void;
  delete(key: readonly string[]): void;
  values(): Iterable<Value>;
}

type Level<Value> = Map<string, Level<Value> | { readonly value: Value }>;

/** All keys of one map have the same number of parts, at least one. */
export function createTupleMap<Value>(): TupleMap<Value> {
  const root: Level<Value> = new Map();

  function* valuesOf(level: Level<Value>): Iterable<Value> {
    for (const entry of level.values()) {
      if (entry instanceof Map) yield* valuesOf(entry);
      else yield entry.value;
    }
  }

  /** Empty levels go with their last entry. */
  function remove(level: Level<Value>, [part = "", ...rest]: readonly string[]): void {
    const entry = level.get(part);
    if (entry instanceof Map) remove(entry, rest);
    if (!(entry instanceof Map) || entry.size === 0) level.delete(part);
  }

  return {
    get(key) {
      let entry: Level<Value> | { readonly value: Value } | undefined = root;
      for (const part of key) entry = entry instanceof Map ? entry.get(part) : undefined;
      return entry === undefined || entry instanceof Map ? undefined : entry.value;
    },
    set(key, value) {
      let level = root;
      for (const part of key.slice(0, -1)) {
        const known = level.get(part);
        const next: Level<Value> = known instanceof Map ? known : new Map();
        level.set(part, next);
        level = next;
      }
      level.set(key.at(-1) ?? "", { value });
    },
    delete: (key) => remove(root, key),
    values: () => valuesOf(root),
  };
}
