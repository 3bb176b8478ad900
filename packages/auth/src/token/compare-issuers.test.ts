import { describe, expect, it } from "vitest";
import { describeIssuer, findIssuerSlip } from "./compare-issuers.ts";

const TRUSTED = ["https://a.test/x", "https://b.test/"];

describe("an issuer that is nearly right", () => {
  it.each([
    ["https://a.test/x/", "the slash at its end"],
    ["https://b.test", "the slash at its end"],
    ["https://A.test/x", "upper and lower case"],
    ["http://a.test/x", '"http" and "https" at its start'],
    ["a.test/x", '"https://" at its start'],
  ])("%s differs in %s", (iss, slip) => {
    expect(findIssuerSlip(iss, TRUSTED)).toBe(slip);
    expect(describeIssuer(iss, TRUSTED)).toContain(slip);
  });

  it.each([
    "https://c.test",
    "https://a.test/y",
    "",
    7,
    ["https://a.test/x/"],
    undefined,
    "https://a.test/x",
  ])("%j is another one", (iss) => {
    expect(findIssuerSlip(iss, TRUSTED)).toBeUndefined();
    expect(describeIssuer(iss, TRUSTED)).toBe("is none of the issuers that this AgentOS trusts");
    expect(describeIssuer(iss, ["https://x.test"])).toBe("is not the issuer that this AgentOS trusts");
  });
});
