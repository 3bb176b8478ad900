import { ERRORS } from "@agentos/contract";
import { expect, test } from "vitest";
import { ALL_FIXES, CAUSE_FIXES, LIMIT_FIXES, REFUSAL_FIXES, START_FIXES } from "./fix-table.ts";
import { followFixes } from "./follow-fixes.ts";

test("the codes of the table are those of the catalogue, and each is in one part", () => {
  for (const code of Object.keys(ALL_FIXES)) expect(ERRORS).toHaveProperty(code);
  const parts = [REFUSAL_FIXES, CAUSE_FIXES, START_FIXES, LIMIT_FIXES].flatMap((part) => Object.keys(part));
  expect(parts.toSorted()).toEqual(Object.keys(ALL_FIXES).toSorted());
});

followFixes(REFUSAL_FIXES);
