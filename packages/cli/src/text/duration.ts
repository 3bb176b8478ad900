/** Spans of time as people write and read them. */
import { formatDuration } from "@agentos/contract/text";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `90`, `30s`, `15m`, `1h`, `7d`, `1h30m`; undefined for anything else and for nothing. */
export function parseDuration(text: string): number | undefined {
  if (/^\d{1,9}$/.test(text)) return Number(text) > 0 ? Number(text) : undefined;
  if (!/^(?:\d{1,6}[smhd])+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)([smhd])/g))
    seconds += Number(amount) * (UNITS[unit ?? ""] ?? 0);
  return seconds > 0 ? seconds : undefined;
}

/** A NumericDate with its distance from now: `2026-01-02T03:04:05Z (in 59 minutes)`. */
export function formatMoment(seconds: number, now: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return "(no date)";
  const distance = seconds - now;
  const words =
    Math.abs(distance) < 1
      ? "now"
      : distance > 0
        ? `in ${formatDuration(distance)}`
        : `${formatDuration(distance)} ago`;
  return `${date.toISOString().replace(/\.\d+Z$/, "Z")} (${words})`;
}
