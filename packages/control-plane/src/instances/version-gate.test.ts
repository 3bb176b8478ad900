import { describe, expect, it } from "vitest";
import { findVersion } from "./version-gate.ts";

const seen = (version: string | null, versionAtLeast: string | null = null) => ({ version, versionAtLeast });

describe("which version an AgentOS is, and whether it verifies tokens", () => {
  it.each([
    ["2.3.12", null, { version: "2.3.12", source: "stated", verifiesTokens: "no" }],
    ["2.3.13", null, { version: "2.3.13", source: "stated", verifiesTokens: "yes" }],
    ["v2.4", null, { version: "v2.4", source: "stated", verifiesTokens: "yes" }],
    ["1.8.1", null, { version: "1.8.1", source: "stated", verifiesTokens: "no" }],
    [null, "2.3.12", { version: "2.3.12", source: "reported", verifiesTokens: "no" }],
    [null, "2.9.0", { version: "2.9.0", source: "reported", verifiesTokens: "yes" }],
    ["2.3.12", "2.9.0", { version: "2.9.0", source: "reported", verifiesTokens: "yes" }],
    [null, null, { version: null, source: "unknown", verifiesTokens: "unknown" }],
  ] as const)("stated %s, reported %s", (stated, reported, expected) => {
    expect(findVersion(stated, seen(reported))).toEqual(expected);
  });

  it("believes how it answers more than what somebody has stated", () => {
    expect(findVersion("2.3.12", seen(null, "2.3.13"))).toMatchObject({
      source: "stated",
      verifiesTokens: "yes",
    });
    expect(findVersion(null, seen(null, "2.5.13"))).toMatchObject({ verifiesTokens: "yes" });
  });

  it("knows nothing of an instance that nobody has looked at", () => {
    expect(findVersion(null, undefined)).toMatchObject({ verifiesTokens: "unknown" });
  });
});
