import { expect, test } from "vitest";
import { watchPagePolicy } from "./page-policy.ts";

test("knows the origins that the policy of the page kept it from asking, and no other", () => {
  const target = new EventTarget();
  const policy = watchPagePolicy(target);
  const block = (blockedURI: string, effectiveDirective = "connect-src") =>
    target.dispatchEvent(
      Object.assign(new Event("securitypolicyviolation"), { blockedURI, effectiveDirective }),
    );
  block("http://127.0.0.1:7777/config?x=1");
  block("https://images.example/a.png", "img-src");
  block("inline");
  expect(policy.hasBlocked("http://127.0.0.1:7777")).toBe(true);
  expect(policy.hasBlocked("http://127.0.0.1:7777/prefix")).toBe(true);
  expect(policy.hasBlocked("http://127.0.0.1:7778")).toBe(false);
  expect(policy.hasBlocked("https://images.example")).toBe(false);
  expect(policy.hasBlocked("inline")).toBe(false);
});
