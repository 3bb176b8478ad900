/** Times in words. Seconds since the epoch come in, as the API says them. */

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "narrow" });
const exact = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "medium",
});

const UNITS = [
  { unit: "year", seconds: 31_557_600 },
  { unit: "month", seconds: 2_629_800 },
  { unit: "day", seconds: 86_400 },
  { unit: "hour", seconds: 3_600 },
  { unit: "minute", seconds: 60 },
] as const;

/** Further away, and no date can be made of it. */
const MAX_SECONDS = 8.64e12;

/** `5 min ago`, `in 3 hr`, `just now`. */
export function describeRelative(seconds: number, nowSeconds: number): string {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > MAX_SECONDS) return "at an unknown time";
  const difference = seconds - nowSeconds;
  const unit = UNITS.find((candidate) => Math.abs(difference) >= candidate.seconds);
  if (unit === undefined) return difference > 5 ? "in a moment" : "just now";
  // What lies ahead is rounded: seven days less a moment are not six days.
  const round = difference > 0 ? Math.round : Math.trunc;
  return relative.format(round(difference / unit.seconds), unit.unit);
}

/** Date and time of this browser's time zone, to the second. */
export function describeExact(seconds: number): string {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > MAX_SECONDS) return "unknown";
  return exact.format(seconds * 1000);
}

/** Times of machines within a text, such as `2026-11-29T12:32:59Z`, as a person reads them here. */
export function humanizeTimes(text: string): string {
  return text.replace(/\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z/g, (iso) => {
    const time = Date.parse(iso);
    return Number.isNaN(time) ? iso : describeExact(time / 1000);
  });
}

/** For `datetime` attributes and for machines. */
export function toIso(seconds: number): string | undefined {
  return Number.isFinite(seconds) && Math.abs(seconds) <= MAX_SECONDS
    ? new Date(seconds * 1000).toISOString()
    : undefined;
}

/** After how many milliseconds the words for a time are other ones. */
export function relativeChangesAfterMs(seconds: number, nowSeconds: number): number {
  const age = Math.abs(nowSeconds - seconds);
  return age < 3_600 ? 15_000 : 300_000;
}
