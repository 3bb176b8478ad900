import { expect, test } from "vitest";
import { describeInstanceState, type Instance, isSeenLately } from "./instance-state.ts";

const observed = { is_reachable: true } as Instance["observed"];
const describe = (parts: Partial<Instance>, refusedFor?: string) =>
  describeInstanceState(
    { is_draft: false, observed, findings: [], ...parts } as unknown as Instance,
    refusedFor,
  ).word;

test("says what was found of an instance before what is wished of it", () => {
  expect(describe({})).toBe("Connected");
  expect(describe({ is_draft: true })).toBe("Draft");
  expect(describe({ observed: null })).toBe("Not checked yet");
  expect(describe({ observed: { is_reachable: false } as Instance["observed"] })).toBe("Unreachable");
  expect(describe({ findings: [{}, {}] as Instance["findings"] })).toBe("2 problems");
  expect(describe({ findings: [{}] as Instance["findings"] }, "INSTANCE_KEY_MANGLED")).toBe(
    "Key cannot be read",
  );
  // What the page of the instance counts as a problem is told so.
  expect(describe({ findings: [{}] as Instance["findings"] }, "INSTANCE_SECURITY_KEY_MISSING")).toBe(
    "1 problem",
  );
});

test("asks for another look where nobody has looked lately, or nobody answered", () => {
  const at = (seen: object | null) => isSeenLately({ observed: seen as Instance["observed"] }, 1_000);
  expect(at({ is_reachable: true, at: 900 })).toBe(true);
  expect(at({ is_reachable: true, at: 800 })).toBe(false);
  expect(at({ is_reachable: false, at: 999 })).toBe(false);
  expect(at(null)).toBe(false);
});
