/** Adds up records that have something in common. */
import type { DenialGroup, DenialGrouping, DenialRecord } from "./denial-recorder.ts";

const HOUR_SECONDS = 3_600;

/** The groups, in the order in which they are shown. */
export function countGroups(records: readonly DenialRecord[], by: DenialGrouping): readonly DenialGroup[] {
  const groups = [...Map.groupBy(records, (record) => valueOf(record, by))].map(([value, own]) => ({
    value,
    count: own.reduce((sum, { count }) => sum + count, 0),
    recordCount: own.length,
    lastSeenAt: own.reduce((last, { lastSeenAt }) => Math.max(last, lastSeenAt), 0),
  }));
  return sortGroups(groups, by);
}

/** Most refusals first, of equals the newest; hours the newest first. */
export function sortGroups(groups: readonly DenialGroup[], by: DenialGrouping): readonly DenialGroup[] {
  return groups.toSorted((a, b) => (by === "hour" ? 0 : b.count - a.count) || b.lastSeenAt - a.lastSeenAt);
}

function valueOf(record: DenialRecord, by: DenialGrouping): string | undefined {
  return by === "hour" ? String(firstSecondOf(hourOf(record.lastSeenAt))) : record[by];
}

/** Whole hours since the epoch. */
export function hourOf(time: number): number {
  return Math.floor(time / HOUR_SECONDS);
}

/** Seconds since the epoch. */
export function firstSecondOf(hour: number): number {
  return hour * HOUR_SECONDS;
}
