/** Names and ids that an instance gives: any text may be one. */

/** What stands there under a name; names that every object has, such as `constructor`, name nothing. */
export function lookUp<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The same of what may be anything. */
export function readMember(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? lookUp(value as Readonly<Record<string, unknown>>, name)
    : undefined;
}

/** Whether it can be part of an address: halves of characters cannot. */
export function isUsableId(id: unknown): id is string {
  return typeof id === "string" && id !== "" && id.isWellFormed();
}
