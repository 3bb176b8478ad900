import { expect, test } from "vitest";
import { expectKey, generateRsa } from "../judge/test-keys.fixture.ts";
import { describeRepairs, keyRepairs } from "./repairs.ts";

const { pem } = generateRsa();
const base64 = (text: string) => Buffer.from(text).toString("base64");

test("calls base64 of a PEM a form and not a repair, and what was wrong inside it a repair", async () => {
  const clean = await expectKey(base64(pem));
  expect(describeRepairs(clean.repairs)).toEqual({ form: "read from base64", repairs: [] });
  const mangled = await expectKey(base64(pem.replaceAll("\n", "\\n")));
  expect(describeRepairs(mangled.repairs)).toMatchObject({
    form: "read from base64",
    repairs: [keyRepairs["escaped-newlines"]],
  });
});

test("has a sentence for every repair", () => {
  for (const sentence of Object.values(keyRepairs)) expect(sentence).toMatch(/^[^.\n]{10,}[^.]$/);
});
