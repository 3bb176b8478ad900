import { expect, it } from "vitest";
import { emailSchema } from "./fields.ts";

it.each([
  [" Ada@Example.COM ", "ada@example.com"],
  ["ada+agents@mail.example.co", "ada+agents@mail.example.co"],
  ["owner@agentos.localhost", "owner@agentos.localhost"],
])("takes %j, in lower case and without spaces around it", (given, kept) => {
  expect(emailSchema.parse(given)).toBe(kept);
});

// Whoever had one of these could be added, and never sign in with a password: better-auth takes none of them.
it.each([
  "ada",
  "ada@localhost",
  "ada@exa mple.com",
  "a@b@c.de",
  "ada@example.com\u200b",
  "\u202eada@example.com",
])("refuses %j", (given) => {
  expect(emailSchema.safeParse(given).success).toBe(false);
});
