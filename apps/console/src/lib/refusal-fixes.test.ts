import { CAUSES, ERRORS, REFUSALS } from "@agentos/contract";
import { expect, test } from "vitest";
import type { Instance } from "./instance-state.ts";
import { CODES_WITH_PLAN, type FixAction, isOneClick, planChoice, planFixes } from "./refusal-fixes.ts";

const instance = {
  desired: { authorization: true, security_key: false },
  observed: { os_id: "shop" },
} as unknown as Instance;
const keyOnly = { ...instance, desired: { authorization: false, security_key: true } };

function plan(code: string, of: Instance | undefined = instance): readonly FixAction[] {
  const explanation = {
    code,
    missingScopes: ["os:write"],
    requiredScopes: [],
    route: "GET /x",
    cause: "No.",
  };
  return planFixes({ explanation, instance: of, consoleOrigin: "http://localhost:7778" });
}

test("every code that has a plan is one of the catalogue", () => {
  for (const code of CODES_WITH_PLAN) expect(ERRORS).toHaveProperty(code);
});

test("each thing that one click mends has its click", () => {
  const clicks = Object.keys({ ...REFUSALS, ...CAUSES }).filter((code) =>
    plan(code, keyOnly).some(isOneClick),
  );
  expect(clicks.toSorted()).toMatchInlineSnapshot(`
    [
      "AUTH_AUDIENCE_MISMATCH",
      "AUTH_AUDIENCE_MISSING",
      "AUTH_COOKIE_MISSING",
      "AUTH_CREDENTIAL_REVOKED",
      "AUTH_HEADER_EMPTY",
      "AUTH_HEADER_MISSING",
      "AUTH_ISSUED_IN_FUTURE",
      "AUTH_SECURITY_KEY_NOT_ACCEPTED",
      "AUTH_SECURITY_KEY_WITH_JWT",
      "AUTH_SIGN_IN_ENDED",
      "AUTH_SIGN_IN_REQUIRED",
      "AUTH_TOKEN_EXPIRED",
      "AUTH_TOKEN_MISSING",
      "AUTH_TOKEN_NOT_YET_VALID",
      "INSTANCE_AUTHORIZATION_PREFERRED",
      "INSTANCE_AUTHORIZATION_UNWANTED",
      "INSTANCE_LOCAL_NETWORK_REFUSED",
      "INSTANCE_NOT_REACHED",
      "INSTANCE_OPEN",
      "INSTANCE_OS_ID_DIFFERS",
      "INSTANCE_SECURITY_KEY_MISSING",
      "INSTANCE_SECURITY_KEY_UNWANTED",
      "INSTANCE_SWITCH_NOT_APPLIED",
      "SCOPE_CASE_WRONG",
      "SCOPE_CLAIM_OTHER",
      "SCOPE_ENTRIES_JOINED",
      "SCOPE_MISSING",
      "SCOPE_MISSPELT",
      "SCOPE_NOT_A_MEMBER",
      "SCOPE_OTHER_RESOURCE",
      "SCOPE_OVER_CEILING",
      "SCOPE_PARAMETER_MISSING",
      "SCOPE_PREREQUISITE_MISSING",
      "SCOPE_ROLE_INSUFFICIENT",
      "SCOPE_ROUTE_UNMAPPED",
      "SCOPE_SEPARATOR_WRONG",
      "SCOPE_WILDCARD_UNKNOWN",
      "TOKEN_AUDIENCE_STALE",
      "TOKEN_KEY_RETIRED",
      "TOKEN_REVOKED_HERE",
      "TOKEN_ROLE_INSUFFICIENT",
      "TOKEN_SCOPE_LEFT_OUT",
    ]
  `);
});

test("where something is left to do, it is said: each cause and each refusal of an instance has a way on", () => {
  for (const code of Object.keys({ ...REFUSALS, ...CAUSES })) {
    const hasChoices = code === "INSTANCE_BOTH_SWITCHES_ON" || code === "INSTANCE_VERSION_WITHOUT_JWT";
    expect([code, plan(code).length > 0 || hasChoices]).toEqual([code, true]);
  }
});

test("a token or a key is sent as the switches say", () => {
  expect(plan("AUTH_SECURITY_KEY_MISSING", keyOnly)[0]?.kind).toBe("enter-security-key");
  expect(plan("AUTH_SECURITY_KEY_MISSING")[0]?.kind).toBe("renew-token");
  expect(plan("AUTH_HEADER_MISSING", keyOnly)[0]).toMatchObject({
    kind: "set-switches",
    switches: { authorization: true, security_key: true },
  });
});

test("the ways out set both switches, and what is no such way sets none", () => {
  const choose = (title: string) => planChoice({ title, steps: [], is_preferred: true });
  expect(choose("Use Authorization (JWT) only")).toMatchObject({
    switches: { authorization: true, security_key: false },
  });
  expect(choose("Use the security key only")).toMatchObject({
    switches: { authorization: false, security_key: true },
  });
  expect(choose("Upgrade")).toBeUndefined();
});

test("who lacks a scope has words for whoever can give it", () => {
  expect(plan("TOKEN_ROLE_INSUFFICIENT")[0]).toMatchObject({
    kind: "ask",
    text: "I tried to ask for GET /x, and was refused: No. It needs os:write. Could you give me a role that has it, or do it for me?",
  });
});
