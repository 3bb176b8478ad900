import { describe, expect, it } from "vitest";
import { checkTimes, recheckTimes } from "./check-times.ts";
import { codeOf, TEST_TOKENS } from "./verifier.fixture.ts";

const NOW = 1_800_000_000;
const DAY = 86_400;
const LOOSE = { ...TEST_TOKENS, requiresExpiration: false, maxLifetimeSeconds: undefined };

const check = (claims: object, policy = TEST_TOKENS) => checkTimes({ ...claims }, policy, NOW);
const judge = (claims: object, policy = TEST_TOKENS) => codeOf(check(claims, policy));

describe("the expiry", () => {
  it.each([
    [{}, "AUTH_EXPIRATION_MISSING"],
    [{ exp: null }, "AUTH_EXPIRATION_INVALID"],
    [{ exp: "soon" }, "AUTH_EXPIRATION_INVALID"],
    [{ exp: Number.NaN }, "AUTH_EXPIRATION_INVALID"],
    [{ exp: Number.POSITIVE_INFINITY }, "AUTH_EXPIRATION_INVALID"],
    [{ exp: 0 }, "AUTH_TOKEN_EXPIRED"],
    [{ exp: -1 }, "AUTH_TOKEN_EXPIRED"],
    [{ exp: NOW - 10 }, "AUTH_TOKEN_EXPIRED"],
    [{ exp: NOW - 9.5 }, "passed"],
    [{ exp: NOW }, "passed"],
  ])("%j: %s", (claims, expected) => {
    expect(judge(claims)).toBe(expected);
  });

  it("is taken for milliseconds between the years 5000 of both readings, and nowhere else", () => {
    const last = 100_000_000_000;
    expect(judge({ exp: last }, LOOSE)).toBe("passed");
    expect(judge({ exp: last + 1 }, LOOSE)).toBe("AUTH_EXPIRATION_IN_MILLISECONDS");
    expect(judge({ exp: last * 1_000 - 1 }, LOOSE)).toBe("AUTH_EXPIRATION_IN_MILLISECONDS");
    expect(judge({ exp: last * 1_000 }, LOOSE)).toBe("passed");
  });

  it("is told to the operator with the clock and the skew", () => {
    expect(check({ exp: NOW - 60 })).toMatchObject({
      fault: { facts: { now: NOW, skew_seconds: 10, exp: NOW - 60 } },
    });
    expect(check({ exp: NOW * 1_000 })).toMatchObject({ fault: { facts: { exp: NOW * 1_000 } } });
  });

  it("may be missing where the policy says so, and is judged when it is there", () => {
    expect(judge({}, LOOSE)).toBe("passed");
    expect(judge({ exp: NOW - 10 }, LOOSE)).toBe("AUTH_TOKEN_EXPIRED");
    expect(judge({}, { ...LOOSE, maxLifetimeSeconds: DAY })).toBe("passed");
  });
});

describe("the start", () => {
  it.each([
    [{ nbf: NOW + 10 }, "passed"],
    [{ nbf: NOW + 10.5 }, "AUTH_TOKEN_NOT_YET_VALID"],
    [{ nbf: null }, "AUTH_NOT_BEFORE_INVALID"],
    [{ nbf: Number.NaN }, "AUTH_NOT_BEFORE_INVALID"],
    [{ iat: NOW + 10 }, "passed"],
    [{ iat: NOW + 10.5 }, "AUTH_ISSUED_IN_FUTURE"],
    [{ iat: null }, "AUTH_ISSUED_AT_INVALID"],
    [{ iat: Number.NaN }, "AUTH_ISSUED_AT_INVALID"],
  ])("%j: %s", (claims, expected) => {
    expect(judge({ exp: NOW + 60, ...claims })).toBe(expected);
  });

  it("is told to the operator with the clock and the skew", () => {
    const facts = { now: NOW, skew_seconds: 10 };
    expect(check({ exp: NOW + 60, nbf: NOW + 30 })).toMatchObject({
      fault: { facts: { ...facts, nbf: NOW + 30 } },
    });
    expect(check({ exp: NOW + 60, iat: NOW + 30 })).toMatchObject({
      fault: { facts: { ...facts, iat: NOW + 30 } },
    });
  });
});

describe("the lifetime", () => {
  it.each([
    [{ iat: NOW, exp: NOW + DAY + 10 }, "passed"],
    [{ iat: NOW, exp: NOW + DAY + 10.5 }, "AUTH_LIFETIME_EXCEEDED"],
    [{ exp: NOW + DAY + 10 }, "passed"],
    [{ exp: NOW + DAY + 10.5 }, "AUTH_LIFETIME_EXCEEDED"],
    [{ iat: 0, exp: NOW + 60 }, "AUTH_LIFETIME_EXCEEDED"],
  ])("%j: %s", (claims, expected) => {
    expect(judge(claims)).toBe(expected);
    expect(judge(claims, { ...TEST_TOKENS, maxLifetimeSeconds: undefined })).toBe("passed");
  });

  it("is told in hours and seconds", () => {
    expect(check({ iat: NOW - 100, exp: NOW + 2 * DAY })).toMatchObject({
      fault: { facts: { limit_hours: 24, lifetime_seconds: 2 * DAY + 100 } },
    });
    expect(check({ exp: NOW + 2 * DAY }, { ...TEST_TOKENS, maxLifetimeSeconds: DAY - 1 })).toMatchObject({
      fault: { facts: { limit_hours: 23 } },
    });
  });
});

it("what is accepted is handed on, to be checked again at every use", () => {
  expect(check({ exp: NOW + 60, nbf: NOW - 60 })).toEqual({
    ok: true,
    value: { expiresAt: NOW + 60, notBefore: NOW - 60 },
  });
  const times = { expiresAt: NOW, notBefore: NOW };
  expect(recheckTimes(times, NOW + 9.5)).toEqual({ ok: true, value: true });
  expect(recheckTimes(times, NOW + 10)).toMatchObject({
    fault: { code: "AUTH_TOKEN_EXPIRED", facts: { now: NOW + 10, skew_seconds: 10, exp: NOW } },
  });
  expect(recheckTimes(times, NOW - 10)).toEqual({ ok: true, value: true });
  expect(recheckTimes(times, NOW - 10.5)).toMatchObject({
    fault: { code: "AUTH_TOKEN_NOT_YET_VALID", facts: { now: NOW - 10.5, skew_seconds: 10, nbf: NOW } },
  });
  expect(recheckTimes({ expiresAt: undefined, notBefore: undefined }, NOW)).toEqual({
    ok: true,
    value: true,
  });
});
