import { expect, test } from "vitest";
import { describeInstanceState, type Instance } from "./instance-state.ts";

const observed = { is_reachable: true } as Instance["observed"];
const describe = (parts: Partial<Instance>) =>
  describeInstanceState({ is_draft: false, observed, findings: [], ...parts } as unknown as Instance).word;

test("says what was found of an instance before what is wished of it", () => {
  expect(describe({})).toBe("Connected");
  expect(describe({ is_draft: true })).toBe("Draft");
  expect(describe({ observed: null })).toBe("Not checked yet");
  expect(describe({ observed: { is_reachable: false } as Instance["observed"] })).toBe("Unreachable");
  expect(describe({ findings: [{}, {}] as Instance["findings"] })).toBe("2 problems");
});
