import { expect, test } from "vitest";
import { findNearer, isLocalHost, isMixedContent } from "./endpoint-place.ts";

test.each([
  "localhost",
  "127.0.0.1",
  "10.1.2.3",
  "192.168.0.7",
  "172.16.0.1",
  "nas.local",
  "printer",
  "[::1]",
  "[fd00::1]",
  "[fe80::1]",
])("%s is of this machine or its network", (host) => expect(isLocalHost(host)).toBe(true));

test.each(["example.com", "8.8.8.8", "172.32.0.1", "1.10.0.1", "[2001:db8::1]"])("%s is not", (host) =>
  expect(isLocalHost(host)).toBe(false),
);

test("a page on https may not ask http, but of its own machine most browsers let it", () => {
  const page = "https://console.example.com/connect/1";
  expect(isMixedContent("http://agents.example.com", page, "chrome")).toBe(true);
  expect(isMixedContent("https://agents.example.com", page, "chrome")).toBe(false);
  expect(isMixedContent("http://localhost:7777", page, "chrome")).toBe(false);
  expect(isMixedContent("http://localhost:7777", page, "safari")).toBe(true);
  expect(isMixedContent("http://[::1]:7777", page, "chrome")).toBe(false);
  expect(isMixedContent("http://agents.example.com", "http://console.example.com", "safari")).toBe(false);
});

test("of a local network Chrome asks the person, where the address tells that it is of one", () => {
  const page = "https://console.example.com/connect/1";
  for (const address of ["http://192.168.0.7:7777", "http://nas.local", "http://[fd00::1]"]) {
    expect(isMixedContent(address, page, "chrome")).toBe(false);
    expect(isMixedContent(address, page, "firefox")).toBe(true);
  }
  expect(isMixedContent("http://printer", page, "chrome")).toBe(true);
});

test("what is nearer than the page is what browsers ask about", () => {
  expect(findNearer("http://localhost:7777", "https://console.example.com")).toBe("loopback");
  expect(findNearer("http://192.168.0.7", "https://console.example.com")).toBe("local");
  expect(findNearer("http://localhost:7777", "https://192.168.0.9")).toBe("loopback");
  expect(findNearer("http://localhost:7777", "http://localhost:7778")).toBeUndefined();
  expect(findNearer("http://192.168.0.7", "http://192.168.0.9:7778")).toBeUndefined();
  expect(findNearer("http://192.168.0.7", "http://localhost:7778")).toBeUndefined();
  expect(findNearer("https://example.com", "https://console.example.com")).toBeUndefined();
});
