/** Which code a reader is shown for the exact one: a caller knows only what they were told. */
import { publicCode } from "@agentos/auth";
import { type DenialCountList, REFUSALS, type RefusalCode } from "@agentos/contract";
import { sortGroups } from "./count-groups.ts";
import type { DenialGroup } from "./denial-recorder.ts";

export const REFUSAL_CODES = Object.keys(REFUSALS) as readonly RefusalCode[];

/** The exact codes behind the one that is asked for. A caller knows only what was shown: no filter tells them apart. */
export function codesShownAs(
  code: string,
  { isOperator }: { readonly isOperator: boolean },
): ReadonlySet<RefusalCode> {
  return new Set(
    REFUSAL_CODES.filter((exact) => publicCode({ code: exact }) === code || (isOperator && exact === code)),
  );
}

/** Groups by exact code as groups by what was shown. */
export function joinAsShown(
  groups: readonly DenialGroup[],
  shownAs: (code: RefusalCode) => string = (code) => publicCode({ code }),
): readonly DenialGroup[] {
  const shownCodes = new Map<string | undefined, string>(REFUSAL_CODES.map((code) => [code, shownAs(code)]));
  const joined = [...Map.groupBy(groups, ({ value }) => shownCodes.get(value))].map(([value, own]) => ({
    value,
    count: own.reduce((sum, { count }) => sum + count, 0),
    recordCount: own.reduce((sum, { recordCount }) => sum + recordCount, 0),
    lastSeenAt: own.reduce((last, { lastSeenAt }) => Math.max(last, lastSeenAt), 0),
  }));
  return sortGroups(joined, "code");
}

/** On the wire. */
export function showGroup({
  value,
  count,
  recordCount,
  lastSeenAt,
}: DenialGroup): DenialCountList["data"][number] {
  return { value: value ?? null, count, records: recordCount, last_seen_at: Math.floor(lastSeenAt) };
}
