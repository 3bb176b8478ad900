import { expect, test } from "vitest";
import { completeAddress } from "./complete-address.ts";

test.each([
  ["localhost:7770", "http://localhost:7770"],
  [" 127.0.0.1:7770/agents ", "http://127.0.0.1:7770/agents"],
  ["shop.localhost", "http://shop.localhost"],
  ["LOCALHOST/x", "http://LOCALHOST/x"],
])("%j is on this machine", (typed, address) => {
  expect(completeAddress(typed)).toBe(address);
});

test.each([
  "https://localhost:7770",
  "agents.example.com",
  "localhost.example.com:7770",
  "127.0.0.1.example.com",
  "1270.0.0.1",
  "",
])("%j stays as it is typed", (typed) => {
  expect(completeAddress(typed)).toBe(typed);
});
