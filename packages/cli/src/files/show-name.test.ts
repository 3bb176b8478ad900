import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { showPath, showVariable } from "./show-name.ts";

test.each([
  "p",
  "jwt.pem",
  "keys/jwt",
  "./a-secret-of-this-application",
  "/run/secrets/agentos_verification_key",
  String.raw`C:\keys\agentos_verification_key`,
])("the path %s is shown", (path) => {
  expect(showPath(path)).toBe(`"${path}"`);
});

test.each(["JWT_VERIFICATION_KEY", "JWT_KEY_2", "KEY", "MYVERIFICATIONKEY"])(
  "the name %s is shown",
  (name) => {
    expect(showVariable(name)).toBe(`"${name}"`);
  },
);

test("what may be a secret is not", () => {
  const secret = `a${randomBytes(16).toString("hex")}`;
  expect([showPath(secret), showVariable(secret)]).toEqual([undefined, undefined]);
  expect(showPath("a/".repeat(101))).toBeUndefined();
});
