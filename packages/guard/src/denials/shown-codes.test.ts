import { expect, it } from "vitest";
import type { DenialGroup } from "./denial-recorder.ts";
import { joinAsShown } from "./shown-codes.ts";

const group = (value: string, count: number, lastSeenAt: number): DenialGroup => ({
  value,
  count,
  recordCount: 1,
  lastSeenAt,
});

it("groups of codes that were shown as one are one group, and unknown codes none of a name", () => {
  const groups = [
    group("AUTH_KEY_UNKNOWN", 5, 1),
    group("AUTH_SIGNATURE_INVALID", 4, 9),
    group("SCOPE_MISSING", 8, 3),
    group("NO_SUCH_CODE", 1, 1),
  ];
  const shownAs = (code: string) => (code.startsWith("AUTH_") ? "AUTH" : code);
  expect(joinAsShown(groups, shownAs)).toEqual([
    { value: "AUTH", count: 9, recordCount: 2, lastSeenAt: 9 },
    { value: "SCOPE_MISSING", count: 8, recordCount: 1, lastSeenAt: 3 },
    { value: undefined, count: 1, recordCount: 1, lastSeenAt: 1 },
  ]);
  expect(joinAsShown(groups).map(({ value }) => value)).toContain("AUTH_KEY_UNKNOWN");
});
