import { describe, expect, it } from "vitest";
import { deriveInstallationKeys } from "../keys/installation-keys.ts";
import { type SignInRole, signInIdOf } from "./sign-in-id.ts";

const keys = deriveInstallationKeys([new Uint8Array(32).fill(1)]);
const ROLE: SignInRole = {
  sessionId: "session-1",
  organizationId: "organization-1",
  memberSince: 1_800_000_000,
  roleVersion: 1,
};

describe("the sign-in id of tokens", () => {
  it("is the same as long as session, organization, membership and role are", () => {
    expect(signInIdOf(keys, { ...ROLE })).toBe(signInIdOf(keys, ROLE));
  });

  it.each([
    { sessionId: "session-2" },
    { organizationId: "organization-2" },
    { memberSince: 1_800_000_001 },
    { roleVersion: 2 },
    // The same characters, cut elsewhere.
    { sessionId: 'session-1","organization-1', organizationId: "" },
  ])("is another one with %o", (other) => {
    expect(signInIdOf(keys, { ...ROLE, ...other })).not.toBe(signInIdOf(keys, ROLE));
  });

  it("cannot be made by who knows all of that, but not the secret of the installation, and tells none of it", () => {
    const guessed = deriveInstallationKeys([new Uint8Array(32).fill(2)]);
    expect(signInIdOf(guessed, ROLE)).not.toBe(signInIdOf(keys, ROLE));
    expect(signInIdOf(keys, ROLE)).toMatch(/^[\w-]{32}$/);
  });
});
