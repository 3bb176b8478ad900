import { Script } from "node:vm";
import { expect, it } from "vitest";
import { answerPage, answerScript, answerStyle } from "./plain-page.ts";

it("the document has no inline code, and allows none", async () => {
  const page = answerPage();
  const html = await page.text();
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(page.headers.get("content-security-policy")).toMatch(
    /^default-src 'none'; script-src 'self'; style-src 'self'; .*frame-ancestors 'none'/,
  );
  expect(page.headers.get("content-security-policy")).not.toContain("unsafe");
  expect(html.match(/<script[^>]*>/g)).toEqual(['<script src="/assets/page.js" defer>']);
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
});

it("the script is a script, and writes no markup", async () => {
  const script = await answerScript().text();
  expect(() => new Script(script)).not.toThrow();
  expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|eval|setAttribute/);
  // The secret leaves the address before anything is asked.
  expect(script.indexOf("history.replaceState")).toBeLessThan(script.indexOf("fetch("));
  expect(answerScript().headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  expect(answerStyle().headers.get("content-type")).toBe("text/css; charset=utf-8");
});
