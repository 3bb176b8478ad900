import { passwordInputSchema } from "@agentos/contract/control-plane";
import { expect, it } from "vitest";
import { checkNewPassword } from "./passwords.ts";

const isRefused = (password: string) => {
  try {
    checkNewPassword(password, "adalove@example.com");
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: "PASSWORD_TOO_COMMON" });
    return true;
  }
};

it.each([
  "password1234",
  "PASSWORD1234",
  "123456789012",
  "aaaaaaaaaaaaaaaa",
  "abababababab",
  "adalove@example.com",
  "adalove12345",
  "adaloveadalove1",
  // As they are hashed: after NFKC.
  "ｐａｓｓｗｏｒｄ１２３４",
  "e\u0301o\u0301a\u0301u\u0301i\u0301y\u0301",
])("refuses %s", (password) => {
  expect(isRefused(password)).toBe(true);
});

it.each(["four words of mine", "adalove likes the sea", "Xk3!vP9#qL2m", "пароль из слов"])(
  "takes %s",
  (password) => {
    expect(isRefused(password)).toBe(false);
  },
);

it("the length is 12 to 128 characters", () => {
  const accepts = (length: number) =>
    passwordInputSchema.safeParse({ new_password: "x".repeat(length) }).success;
  expect([11, 12, 128, 129].map(accepts)).toEqual([false, true, true, false]);
});
