/** What the address of the page says. */
import { readSearchText, readSearchWord } from "../../lib/search-text.ts";

export interface MembersSearch {
  readonly tab?: "roles";
  /** Whose panel is open. */
  readonly member?: string;
  /** The dialog for a new one is open. */
  readonly add?: true;
  /** What is searched for in the tab. */
  readonly q?: string;
}

export function readMembersSearch(search: Record<string, unknown>): MembersSearch {
  const tab = readSearchWord(search["tab"], ["roles"]);
  const member = readSearchText(search["member"]);
  const q = readSearchText(search["q"], 100);
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(member === undefined ? {} : { member }),
    ...(search["add"] === true ? { add: true } : {}),
    ...(q === undefined ? {} : { q }),
  };
}
