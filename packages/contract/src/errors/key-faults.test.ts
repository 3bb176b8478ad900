import { describe, expect, test } from "vitest";
import { keyFaults } from "./key-faults.ts";
import { placesOf } from "./render.ts";

describe.each(Object.entries(keyFaults))("%s", (code, entry) => {
  test("is a frozen fault of the area KEY", () => {
    expect(code).toMatch(/^KEY(?:_[A-Z0-9]+)+$/);
    expect(entry.kind).toBe("fault");
    expect(Object.isFrozen(entry)).toBe(true);
  });

  test.each(["title", "fix"] as const)("has a %s in our wording", (part) => {
    const text = entry[part];
    // Lower-case start, no final full stop, one line.
    expect(text).toMatch(/^[a-z"{]/);
    expect(text).not.toMatch(/[.\n]$|\n|'/);
    expect(placesOf(text).every((place) => /^[a-z_]+$/.test(place))).toBe(true);
    expect(text.replace(/\{[a-z_]+\}/g, "")).not.toMatch(/[{}]/);
    expect(text).not.toMatch(/https?:\/\//);
  });
});
