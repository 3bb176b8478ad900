import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { findSecretWeakness } from "./listed-secrets.ts";

test.each([
  "secret",
  "Secret",
  " secret ",
  "password",
  "changeme",
  "change-me",
  "your-256-bit-secret",
  "your-384-bit-secret",
  "your-512-bit-secret",
  "a-string-secret-at-least-256-bits-long",
  "a-string-secret-at-least-512-bits-long-and-this-is-longer",
  "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
  "your-secret-key-at-least-256-bits-long",
  "your_jwt_secret_key_here_change_in_production",
  "super-secret-jwt-token-with-at-least-32-characters-long",
  "my-super-secret-key",
  "this-is-a-secret-key-for-testing-only-1234567890",
  "supersecretkey",
  "jwt_secret",
  "test-secret",
  "dev-secret-do-not-use-in-production",
  "00000000000000000000000000000000",
  "abababababababababababababababab",
  "secretsecretsecretsecretsecretsecret",
  "0123456789abcdef0123456789abcdef",
  "abcdefghijklmnopqrstuvwxyz0123456789",
  "12345678901234567890123456789012",
  "<your-secret-here-with-thirty-two-chars>",
  "${JWT_SECRET}",
  "{{ jwt_secret_from_the_vault_of_ours }}",
  "replace-me-with-something-random-really",
  "django-insecure-#abcd%efgh^ijkl&mnop*qrst",
  "keyboard cat",
  "qwertyuiopasdfghjklzxcvbnm",
  "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
])("%j is guessable, and the reason does not repeat it", (secret) => {
  const reason = findSecretWeakness(secret);
  expect(reason).toBeDefined();
  expect(reason).not.toContain(secret);
});

test("random secrets in the usual spellings are not", () => {
  for (let i = 0; i < 2000; i += 1) {
    const bytes = randomBytes(32);
    for (const encoding of ["hex", "base64", "base64url"] as const) {
      expect(findSecretWeakness(bytes.toString(encoding))).toBeUndefined();
    }
    expect(findSecretWeakness(bytes.toString("latin1"))).toBeUndefined();
  }
  expect(findSecretWeakness("plum-Turbine-otter-Vivid-canyon-slate-94")).toBeUndefined();
});
