import { expect, test } from "vitest";
import { findLookalikes, foldName, nameAddress, shortenAddress } from "./lookalikes.ts";

test.each([
  ["Production", "production"],
  ["Production", "Рroduсtiоn"],
  ["Production", "Production "],
  ["Production", "Pro\u0301duction"],
  ["Production", "PRODUCT1ON"],
  ["Production", "Pr0ductlon"],
  ["Keyed", "Kеyed"],
  ["Keyed", "Ｋｅｙｅｄ"],
  ["Tokens", "Τοkens"],
  ["modern", "modem"],
])("%s is taken for %s", (one, other) => expect(foldName(one)).toBe(foldName(other)));

test.each([
  ["Production", "Production 2"],
  ["Shop", "Shops"],
  ["東京", "大阪"],
])("%s is not taken for %s", (one, other) => expect(foldName(one)).not.toBe(foldName(other)));

test("finds the others, and no drafts of one's own", () => {
  const make = (id: string, name: string, isDraft = false) => ({ id, name, is_draft: isDraft });
  const all = [make("a", "Shop"), make("b", "SHOP"), make("c", "Shop", true), make("d", "Stock")];
  expect(findLookalikes(make("a", "Shop"), all).map(({ id }) => id)).toEqual(["b"]);
});

test("an address is what stands behind the scheme, with its path", () => {
  expect(nameAddress({ endpoint: "https://evil.example:444/toy/" })).toBe("evil.example:444/toy");
  expect(nameAddress({ endpoint: null })).toBe("no address yet");
});

test("a long address keeps the end of its host", () => {
  const endpoint = `https://production.example.com.${"a".repeat(40)}.evil.example/x`;
  expect(shortenAddress({ endpoint })).toMatch(/^….*\.evil\.example$/);
  expect(shortenAddress({ endpoint: `https://shop.example/${"x".repeat(40)}` })).toMatch(
    /^shop\.example\/x+…$/,
  );
  expect(shortenAddress({ endpoint: "http://localhost:7777" })).toBe("localhost:7777");
});
