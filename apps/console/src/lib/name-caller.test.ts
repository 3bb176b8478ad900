import { expect, test } from "vitest";
import type { Explanation } from "./explain-refusal.ts";
import { nameCaller } from "./name-caller.ts";

const explanation = {
  cause: 'The caller lacks "config:read"; without it nothing is shown.',
  fix: 'Give the caller the scope "config:read" as well, then get a new token.',
} as unknown as Explanation;

test("a member is named", () => {
  expect(nameCaller(explanation, { name: "Grace", subject: "p1" })).toMatchObject({
    cause: 'Grace lacks "config:read"; without it nothing is shown.',
    fix: 'Give Grace the scope "config:read" as well, then get a new token.',
  });
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
