import { describe, expect, test } from "vitest";
import { expectKey, generateFourPairs, parse, thumbprintOf } from "../judge/test-keys.fixture.ts";

import { mangledPems } from "./mangled-pem.cases.ts";

const pairs = generateFourPairs();

describe.each(pairs)("$name", ({ pem, publicKey }) => {
  test.each(mangledPems)("reads a PEM with %s as the very same key", async (_, repair, mangle) => {
    const mangled = mangle(pem);
    const key = await expectKey(mangled);
    expect(key.thumbprint).toBe(await thumbprintOf(publicKey));
    const canShow = repair !== "base64url-alphabet" || /[-_]/.test(mangled);
    if (repair === undefined) expect(key.repairs).toEqual([]);
    else if (canShow) expect(key.repairs).toContain(repair);
  });
});

test("says nothing about repairs for a clean key, and freezes what it returns", async () => {
  const [pair] = pairs;
  const { keys } = await parse(pair?.pem ?? "");
  expect(keys[0]?.repairs).toEqual([]);
  expect(Object.isFrozen(keys[0])).toBe(true);
});
