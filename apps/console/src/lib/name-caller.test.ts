import { expect, test } from "vitest";
import type { Explanation } from "./explain-refusal.ts";
import { nameCaller, readScopesToGive } from "./name-caller.ts";

const explanation = {
  cause: 'The caller lacks "config:read"; without it nothing is shown.',
  fix: 'Give the caller the scope "config:read" as well, then get a new token.',
} as unknown as Explanation;

test("a member is named, and is given a role: nobody here gives a single scope", () => {
  const grace = { name: "Grace", subject: "p1" };
  expect(nameCaller(explanation, { ...grace, whoGives: "an Administrator or Owner" })).toMatchObject({
    cause: 'Grace lacks "config:read"; without it nothing is shown.',
    fix: 'Make Grace an Administrator or Owner: that role has "config:read".',
  });
  expect(nameCaller(explanation, grace)).toMatchObject({ fix: 'Give Grace a role that has "config:read".' });
  const other = { ...explanation, fix: "Tell the caller to get a new token." };
  expect(nameCaller(other, grace)).toMatchObject({ fix: "Tell Grace to get a new token." });
});

test("the scopes to give are read of the fix, and of no other one", () => {
  expect(
    readScopesToGive({ fix: 'Give the caller the scopes "a:read", "b:*:run", then get a new token.' }),
  ).toEqual(["a:read", "b:*:run"]);
  expect(readScopesToGive({ fix: 'Set "a:read" in the policy.' })).toEqual([]);
  expect(readScopesToGive({ fix: undefined })).toEqual([]);
});

test("of a token that is made elsewhere, whoever makes it adds the scope", () => {
  expect(nameCaller(explanation, { name: undefined, subject: "robot" })).toMatchObject({
    cause: 'A token of “robot” lacks "config:read"; without it nothing is shown.',
    fix: 'Whoever makes this token adds "config:read" to its scopes.',
  });
  const other = { ...explanation, fix: "Get a new token." };
  expect(nameCaller(other, { name: undefined, subject: null })).toMatchObject({ fix: "Get a new token." });
});

test("one's own refusal stays as it is", () => {
  expect(nameCaller(explanation, undefined)).toBe(explanation);
});
