/** What the address of the page says. */
import { readSearchText, readSearchWord } from "../../lib/search-text.ts";

export const REVOCATION_STATES = ["applied", "pending", "over"] as const;
export type RevocationState = (typeof REVOCATION_STATES)[number];

export interface AuditSearch {
  readonly tab?: "revocations";
  readonly action?: string;
  /** Who has done it. */
  readonly person?: string;
  /** What it was done to: the id. */
  readonly target?: string;
  /** Number of the entry whose panel is open. */
  readonly entry?: number;
  /** Of revocations. */
  readonly state?: RevocationState;
}

export function readAuditSearch(search: Record<string, unknown>): AuditSearch {
  const { entry } = search;
  const tab = readSearchWord(search["tab"], ["revocations"]);
  const action = readSearchText(search["action"], 100);
  const person = readSearchText(search["person"], 100);
  const target = readSearchText(search["target"], 100);
  const state = readSearchWord(search["state"], REVOCATION_STATES);
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(action === undefined ? {} : { action }),
    ...(person === undefined ? {} : { person }),
    ...(target === undefined ? {} : { target }),
    ...(state === undefined ? {} : { state }),
    ...(typeof entry === "number" && Number.isSafeInteger(entry) && entry > 0 ? { entry } : {}),
  };
}
