import { refuse } from "@agentos/auth";
import { createTestIssuer, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import type { AuthOptions } from "../config/auth-options.ts";
import { resolvePolicy } from "../config/resolve-policy.ts";
import { createAuthRuntime } from "./auth-runtime.ts";
import { compileRoutesFor } from "./compile-routes-for.ts";
import { listUnconfiguredStages } from "./unconfigured-stages.ts";

const SECURITY_KEY = "Zk3-uW9_qL7.x2Tr8vBn";
const KEY = { verificationKeys: ["a verification key"] };

function listFor(options: AuthOptions, hasRevocation = false) {
  const { policy } = resolvePolicy({ ...options, env: {} }, {});
  return [...listUnconfiguredStages(policy, { hasRevocation })].toSorted();
}

describe("checks that are not made", () => {
  it.each<[string, AuthOptions, string[]]>([
    ["tokens", { authorizationConfig: KEY }, ["isolation", "issuer", "loopback", "origin", "revocation"]],
    [
      "tokens of one issuer in cookies, isolated, for any audience, without scopes",
      {
        authorization: false,
        authorizationConfig: {
          ...KEY,
          issuer: "a",
          tokenSource: "both",
          userIsolation: true,
          unsafe: { allowAnyAudience: true },
        },
      },
      ["audience", "loopback", "revocation", "scopes"],
    ],
  ])("with %s", (_, options, expected) => {
    expect(listFor(options)).toEqual(expected);
    expect(listFor(options, true)).toEqual(expected.filter((stage) => stage !== "revocation"));
  });

  it("are those of a token where none is read, and loopback where nobody is believed blindly", () => {
    const ofKey = listFor({ securityKey: SECURITY_KEY });
    for (const stage of ["signature", "audience", "subject", "scopes", "loopback", "origin"])
      expect(ofKey).toContain(stage);
    expect(ofKey).not.toContain("credential");
    expect(listFor({})).not.toContain("loopback");
    const unverified = { validate: false, unsafe: { allowUnverifiedTokens: true } };
    const ofAny = listFor({ authorizationConfig: unverified });
    for (const stage of ["key", "signature", "expiration"]) expect(ofAny).toContain(stage);
    for (const stage of ["loopback", "audience", "subject"]) expect(ofAny).not.toContain(stage);
  });
});

it("a revoked caller is refused, with what became of each check", async () => {
  const issuer = await createTestIssuer();
  const options = {
    id: TEST_OS_ID,
    authorizationConfig: { verificationKeys: [issuer.verificationKey] },
    env: {},
  };
  const resolved = resolvePolicy(options, {});
  const ruled = compileRoutesFor(resolved, { x: { method: "GET", path: "/x", access: "authenticated" } });
  const [route] = ruled.routes;
  if (route === undefined) throw new Error("a route compiles to a route");
  const { authorization } = await issuer.bearer({ scopes: [] });
  const request = {
    method: "GET",
    clientAddress: "127.0.0.1",
    header: (name: string) => (name === "authorization" ? authorization : null),
  };
  const clock = { now: () => Date.now() / 1_000 };
  const runtime = { clock, generateId: () => "1", logger: createTestLogger() };
  const timelineWith = async (isRevoked: boolean) => {
    const auth = await createAuthRuntime(resolved, ruled, {
      runtime,
      revocation: () => (isRevoked ? refuse("AUTH_CREDENTIAL_REVOKED").fault : undefined),
    });
    const outcome = await auth.gate.check(request, route, {});
    auth.close();
    const timeline = (await auth.denials.find("den_1", { kind: "all" }))?.timeline;
    return { outcome, stages: new Map(timeline?.map(({ stage, outcome: end }) => [stage, end])) };
  };
  const { outcome, stages } = await timelineWith(true);
  expect(outcome.isAllowed ? 200 : outcome.answer.status).toBe(401);
  expect([stages.get("audience"), stages.get("revocation"), stages.get("scopes")]).toEqual([
    "passed",
    "failed",
    "not reached",
  ]);
  expect((await timelineWith(false)).outcome).toMatchObject({ isAllowed: true });
});
