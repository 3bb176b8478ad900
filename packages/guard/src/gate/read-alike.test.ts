import type { AuthPolicy, Identity } from "@agentos/auth";
import { expect, it } from "vitest";
import type { AuthOptions } from "../config/auth-options.ts";
import { resolvePolicy } from "../config/resolve-policy.ts";
import { isReadAlike, type ReadBy } from "./read-alike.ts";

const KEY = "a secret of enough bytes for a test, 64 of them or even more than that";
const partner = { issuer: "https://partner.test", name: "partner", verificationKeys: [KEY] };
const options = {
  authorizationConfig: { verificationKeys: [KEY], issuer: "https://login.test", issuers: [partner] },
};

function readBy(given: AuthOptions): ReadBy {
  const { policy, securityKey } = resolvePolicy(given, {});
  return { policy, securityKey };
}

const identity = (parts: Partial<Identity> = {}) =>
  ({ kind: "user", issuer: "default", ...parts }) as unknown as Identity;
const config = (more: NonNullable<AuthOptions["authorizationConfig"]>): AuthOptions => ({
  authorizationConfig: { ...options.authorizationConfig, ...more },
});

it.each<[string, AuthOptions]>([
  ["another list of origins", { ...options, cors: { allowedOrigins: ["https://page.test"] } }],
  ["other rules over routes", config({ scopeMappings: { "GET /agents": [] } })],
  ["other checks of times", config({ unsafe: { allowLongLivedTokens: true } })],
  [
    "another ceiling of another issuer",
    config({ issuers: [{ ...partner, allowedScopes: ["agents:read"] }] }),
  ],
])("%s leaves a caller who they were", (_, next) => {
  expect(isReadAlike(identity(), readBy(options), readBy(next))).toBe(true);
});

it.each<[string, AuthOptions]>([
  ["another scope of admins", config({ adminScope: "shop:admin" })],
  ["users kept apart", config({ userIsolation: true })],
  ["another claim with the user", config({ userIdClaim: "email" })],
  ["another ceiling", config({ allowedScopes: ["agents:read"] })],
  ["tokens that nobody verifies", config({ validate: false, unsafe: { allowUnverifiedTokens: true } })],
  ["another name of the issuer", config({ issuerName: "corp" })],
])("with %s nobody knows who is calling", (_, next) => {
  expect(isReadAlike(identity(), readBy(options), readBy(next))).toBe(false);
  expect(isReadAlike(identity(), readBy(next), readBy(options))).toBe(false);
});

it("the security key is the caller, and another one is another", () => {
  const holder = identity({ kind: "security_key" });
  const [one, same, other] = ["one", "one", "other"].map((securityKey) => readBy({ securityKey }));
  if (one === undefined || same === undefined || other === undefined) throw new Error("there are three");
  expect(isReadAlike(holder, one, same)).toBe(true);
  expect(isReadAlike(holder, one, other)).toBe(false);
});

it("a policy is like itself", () => {
  const policy = { mode: "none" } as unknown as AuthPolicy;
  const by = { policy, securityKey: undefined };
  expect(isReadAlike(identity(), by, by)).toBe(true);
});
