/** Who pays for what is kept in memory: the stores there forget what is the largest account's. */
import type { Owner } from "@agentos/auth";
import { createTupleMap } from "./tuple-map.ts";

/** What an entry costs besides its texts, by and large. */
export const ENTRY_BYTES = 1_024;

/** An owner, and what all that is kept of it costs. */
interface Holder {
  readonly owner: Owner;
  readonly bytes: number;
}

interface Account<Member extends Holder> {
  bytes: number;
  readonly members: Member[];
}

/** Who pays together: a verified owner for itself, ids that cost nothing to make up in common. */
export function findAccounts<Member extends Holder>(owners: Iterable<Member>): Account<Member>[] {
  const accounts = createTupleMap<Account<Member>>();
  for (const owner of owners) {
    const [issuer = "", kind = "", id = ""] = pathOf(owner.owner);
    const path = [issuer, kind, isVerified(owner.owner) ? id : ""];
    const account = accounts.get(path) ?? { bytes: 0, members: [] };
    account.bytes += owner.bytes;
    account.members.push(owner);
    accounts.set(path, account);
  }
  return [...accounts.values()];
}

export function findLargest<Item extends { readonly bytes: number }>(
  items: readonly Item[],
): Item | undefined {
  let largest: Item | undefined;
  for (const item of items) if (largest === undefined || item.bytes > largest.bytes) largest = item;
  return largest;
}

/** As V8 keeps a text: one byte for each character, or two where one of them is beyond Latin-1. */
export function sizeOfText(text: string): number {
  return Math.min(Buffer.byteLength(text), text.length * 2);
}

/** A credential has named it. */
export function isVerified({ kind }: Owner): boolean {
  return kind === "user" || kind === "service_account";
}

export function pathOf({ issuer, kind, id }: Owner): readonly string[] {
  return [issuer, kind, id];
}
