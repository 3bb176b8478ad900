/** ISO 8601 in UTC of seconds since the epoch; parts of a second only where there are any (contract, conventions). */
export function toDateTime(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace(".000Z", "Z");
}
