/** Whether a JWK may be used for what it is given for: its "use" and its "key_ops" (RFC 7517 sections 4.2 and 4.3). */

/** The registered operations. */
const OPERATIONS: ReadonlySet<unknown> = new Set([
  "sign",
  "verify",
  "encrypt",
  "decrypt",
  "wrapKey",
  "unwrapKey",
  "deriveKey",
  "deriveBits",
]);
/** What belongs together (section 4.3: no unrelated operations). */
const SIGNING_OPERATIONS: ReadonlySet<unknown> = new Set(["sign", "verify"]);

/** Why the key may not be used for the operation; undefined when it may. What it says is never quoted unless it is registered. */
export function findPurposeProblem(
  { use, key_ops: operations }: Readonly<Record<string, unknown>>,
  operation: "sign" | "verify",
): string | undefined {
  if (use !== undefined && use !== "sig") return use === "enc" ? 'its "use" is "enc"' : '"use" is not "sig"';
  if (operations === undefined) return undefined;
  if (!Array.isArray(operations)) return '"key_ops" is not a list';
  const list: readonly unknown[] = operations;
  if (list.length === 0) return '"key_ops" is an empty list';
  if (!list.every((name) => OPERATIONS.has(name)))
    return '"key_ops" has an entry that is no registered operation';
  if (new Set(list).size < list.length) return '"key_ops" names an operation twice';
  const names = list.map((name) => JSON.stringify(name)).join(", ");
  if (!list.includes(operation)) return `"key_ops" has ${names}, not "${operation}"`;
  return list.every((name) => SIGNING_OPERATIONS.has(name))
    ? undefined
    : `"key_ops" has ${names}, which do not belong together`;
}
