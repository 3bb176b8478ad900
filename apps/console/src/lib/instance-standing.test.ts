import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { type AskedInstance, noteLetIn, noteRefused, readStanding } from "./instance-standing.ts";

const shop: AskedInstance = {
  id: "shop",
  endpoint: "http://127.0.0.1:7770",
  desired: { authorization: true, security_key: false },
};
const causes = (...codes: string[]) => codes.map((code) => ({ code }));

test("the newest answer counts, whatever it was", () => {
  const client = new QueryClient();
  for (const answer of [
    () => noteLetIn(client, shop),
    () => noteRefused(client, shop, causes("TOKEN_ROLE_INSUFFICIENT", "INSTANCE_KEY_OTHER")),
    () => noteRefused(client, shop, []),
  ]) {
    noteRefused(client, shop, causes("INSTANCE_KEY_OTHER"));
    expect(readStanding(client, shop)).toBe("INSTANCE_KEY_OTHER");
    answer();
    expect(readStanding(client, shop)).toBeUndefined();
  }
});

test("an answer is about the address and the switches that it was asked with", () => {
  const client = new QueryClient();
  noteRefused(client, shop, causes("INSTANCE_KEY_OTHER"));
  const both = { authorization: true, security_key: true };
  expect(readStanding(client, { ...shop, desired: both })).toBeUndefined();
  expect(readStanding(client, { ...shop, endpoint: "http://127.0.0.1:7771" })).toBeUndefined();
  expect(readStanding(client, { ...shop })).toBe("INSTANCE_KEY_OTHER");
});
