/**
 * Pages of the list of sessions as JSON text. People look at the same page again and again, and little changes in between:
 * as long as the database says that nothing has, the text of the last time is the answer. Bounded in bytes.
 */
import type { DataScope } from "@agentos/auth";
import type { RunStore, SessionQuery } from "../runs/store.ts";
import { writeListed } from "./show-session.ts";

export interface ListedPage {
  /** JSON texts of the sessions, with commas between them. */
  readonly items: string;
  /** Of all pages. */
  readonly totalCount: number;
}

/** Together, in UTF-16 units of keys and texts. */
const MAX_KEPT_LENGTH = 2 * 1024 * 1024;

interface Kept extends ListedPage {
  readonly stamp: string;
}

/** Gives what lists the sessions of a scope. */
export function createSessionPages(
  store: Pick<RunStore, "listSessions" | "changeStamp">,
): (scope: DataScope, query: SessionQuery) => Promise<ListedPage> {
  const pages = new Map<string, Kept>();
  let keptLength = 0;

  function forget(key: string, { items }: ListedPage): void {
    pages.delete(key);
    keptLength -= key.length + items.length;
  }

  function keep(key: string, page: Kept): void {
    const before = pages.get(key);
    if (before !== undefined) forget(key, before);
    pages.set(key, page);
    keptLength += key.length + page.items.length;
    for (const [oldest, old] of pages) {
      if (keptLength <= MAX_KEPT_LENGTH) return;
      forget(oldest, old);
    }
  }

  return async (scope, query) => {
    // Asked before anything is read: what is read may be newer than it, never older.
    const stamp = store.changeStamp?.();
    // INVARIANT: whose data it is stands in the key, each part of the owner by itself.
    const key = stamp === undefined ? "" : JSON.stringify([scope, query]);
    const known = stamp === undefined ? undefined : pages.get(key);
    if (known !== undefined && known.stamp === stamp) return known;
    const { sessions, totalCount } = await store.listSessions(scope, query);
    const page = { items: sessions.map(writeListed).join(","), totalCount };
    if (stamp !== undefined) keep(key, { ...page, stamp });
    return page;
  };
}
