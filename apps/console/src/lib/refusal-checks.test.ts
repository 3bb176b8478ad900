import { CAUSES, REFUSALS, STAGES } from "@agentos/contract";
import { describe, expect, test } from "vitest";
import type { Denial, Explanation } from "./explain-refusal.ts";
import { findStep, listChecks } from "./refusal-checks.ts";

const explanation: Explanation = {
  cause: "It is so.",
  certainty: "certain",
  isQuoted: false,
  code: "AUTH_SIGNATURE_INVALID",
  status: 401,
  fix: undefined,
  command: undefined,
  choices: [],
  evidence: [],
  others: [],
  route: "GET /agents",
  denialId: undefined,
  denial: undefined,
  requiredScopes: [],
  missingScopes: [],
};
const statesOf = (parts: Partial<Explanation>) =>
  listChecks({ ...explanation, ...parts }).steps.map(({ state }) => state);

const STEP_OF_STAGE: Readonly<Record<string, string>> = {
  loopback: "way",
  origin: "way",
  credential: "credential",
  shape: "credential",
  header: "signature",
  key: "signature",
  signature: "signature",
  revocation: "revocation",
  scopes: "scopes",
  isolation: "scopes",
};

describe("without a record, the check is told from the code", () => {
  test.each(Object.entries(REFUSALS).map(([code, { stage }]) => [code, stage] as const))(
    "%s fails at %s",
    (code, stage) => {
      expect(findStep(code)).toBe(STEP_OF_STAGE[stage] ?? "claims");
    },
  );

  test.each(Object.keys(CAUSES).filter((code) => /^(?:INSTANCE|TOKEN|SCOPE|AUTH)_/.test(code)))(
    "%s has its place, or is about no check",
    (code) => {
      const none = [
        "INSTANCE_UNVERIFIED",
        "INSTANCE_USERS_NOT_ISOLATED",
        "INSTANCE_SCOPES_NOT_ENFORCED",
        "INSTANCE_ON_CONSOLE_HOST",
      ];
      if (!none.includes(code)) expect(findStep(code)).toBeDefined();
    },
  );

  test("what came before has passed, and what comes after was not reached", () => {
    expect(statesOf({})).toEqual(["passed", "passed", "failed", "skipped", "skipped", "skipped"]);
    expect(statesOf({ code: undefined, status: 403 })).toEqual([
      "passed",
      "passed",
      "passed",
      "passed",
      "passed",
      "failed",
    ]);
    expect(statesOf({ code: undefined })).toContain("unknown");
  });
});

test("a record says it exactly, whatever else is in it", () => {
  const timeline = STAGES.map((stage, at) => ({
    stage,
    outcome: at < 7 ? "passed" : at === 7 ? "failed" : "not reached",
  }));
  const denial = { view: "operator", timeline } as unknown as Denial;
  const { isRecorded, steps } = listChecks({ ...explanation, denial });
  expect(isRecorded).toBe(true);
  expect(steps.map(({ state }) => state)).toEqual([
    "passed",
    "passed",
    "passed",
    "failed",
    "skipped",
    "skipped",
  ]);
  expect(steps[3]?.detail).toBe("Stopped by the check of the claims.");
});
