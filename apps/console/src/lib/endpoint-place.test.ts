import { expect, test } from "vitest";
import { isLocalHost, isMixedContent, isNearer } from "./endpoint-place.ts";

test.each(["localhost", "127.0.0.1", "10.1.2.3", "192.168.0.7", "172.16.0.1", "nas.local", "printer"])(
  "%s is of this machine or its network",
  (host) => expect(isLocalHost(host)).toBe(true),
);

test.each(["example.com", "8.8.8.8", "172.32.0.1", "1.10.0.1"])("%s is not", (host) =>
  expect(isLocalHost(host)).toBe(false),
);

test("a page on https may not ask http, but of its own machine most browsers let it", () => {
  const page = "https://console.example.com/connect/1";
  expect(isMixedContent("http://agents.example.com", page, "chrome")).toBe(true);
  expect(isMixedContent("https://agents.example.com", page, "chrome")).toBe(false);
  expect(isMixedContent("http://localhost:7777", page, "chrome")).toBe(false);
  expect(isMixedContent("http://localhost:7777", page, "safari")).toBe(true);
  expect(isMixedContent("http://agents.example.com", "http://console.example.com", "safari")).toBe(false);
});

test("what is nearer than the page is what browsers ask about", () => {
  expect(isNearer("http://localhost:7777", "https://console.example.com")).toBe(true);
  expect(isNearer("http://192.168.0.7", "https://console.example.com")).toBe(true);
  expect(isNearer("http://localhost:7777", "http://localhost:7778")).toBe(false);
  expect(isNearer("http://192.168.0.7", "http://192.168.0.9:7778")).toBe(false);
  expect(isNearer("https://example.com", "https://console.example.com")).toBe(false);
});
