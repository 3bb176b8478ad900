import { REFUSALS, type RefusalCode, STAGES } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import { timelineOf } from "./timeline.ts";

describe("timelineOf", () => {
  it("says passed up to the failure, and not reached after it", () => {
    const outcome = Object.fromEntries(
      timelineOf("AUTH_TOKEN_EXPIRED", new Set(["origin", "issuer"])).map((step) => [
        step.stage,
        step.outcome,
      ]),
    );
    expect(outcome).toMatchObject({
      origin: "not configured",
      header: "passed",
      signature: "passed",
      expiration: "failed",
      issuer: "not configured",
      audience: "not reached",
      scopes: "not reached",
    });
  });

  it.each(Object.keys(REFUSALS) as RefusalCode[])("has every stage once, and one failure, for %s", (code) => {
    const steps = timelineOf(code, new Set());
    expect(steps.map(({ stage }) => stage)).toEqual(STAGES);
    expect(steps.filter(({ outcome }) => outcome === "failed").map(({ stage }) => stage)).toEqual([
      REFUSALS[code].stage,
    ]);
  });

  it("shows the stage that failed as failed even where it is not configured", () => {
    expect(
      timelineOf("AUTH_AUDIENCE_MISSING", new Set(["audience"])).find(({ stage }) => stage === "audience")
        ?.outcome,
    ).toBe("failed");
  });
});
