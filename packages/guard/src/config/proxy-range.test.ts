import { describe, expect, it } from "vitest";
import { isProxyRange } from "./proxy-range.ts";

describe("a trusted proxy", () => {
  it.each([
    "10.0.0.0/8",
    "192.0.2.7",
    "2001:db8::/32",
    "::1",
    "127.0.0.1/32",
    "10.0.0.0/1",
    "::ffff:10.0.0.0/104",
    "::ffff:10.0.0.1",
    "2000::/3",
    "fe80::/10",
  ])("is %s", (text) => {
    expect(isProxyRange(text)).toBe(true);
  });

  it.each([
    "",
    "proxy.test",
    "loopback",
    "*",
    "0.0.0.0/0",
    "::/0",
    "10.0.0.0/00",
    "10.0.0.0/33",
    "2001:db8::/129",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "10.0.0",
    "127.1",
    "10.0.0.0/255.0.0.0",
    "fe80::1%eth0",
    "::ffff:10.0.0.0/8",
    "::ffff:10.0.0.0/96",
    "::/1",
    " 10.0.0.1",
  ])("is not %j", (text) => {
    expect(isProxyRange(text)).toBe(false);
  });
});
