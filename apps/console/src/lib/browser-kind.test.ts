import { expect, test } from "vitest";
import { explainLocalNetwork, nameBrowser, readBrowserKind } from "./browser-kind.ts";

const CHROME =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36";

test.each([
  ["chrome", CHROME, false],
  ["brave", CHROME, true],
  ["edge", `${CHROME} Edg/145.0.0.0`, false],
  ["firefox", "Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0", false],
  [
    "safari",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
    false,
  ],
  ["other", "something new", false],
] as const)("tells %s from the others", (kind, userAgent, isBrave) => {
  expect(readBrowserKind({ userAgent, isBrave })).toBe(kind);
});

test("what to do about the local network names the browser at hand", () => {
  for (const kind of ["chrome", "edge", "brave", "firefox", "safari"] as const)
    expect(explainLocalNetwork(kind)).toContain(nameBrowser(kind));
});
