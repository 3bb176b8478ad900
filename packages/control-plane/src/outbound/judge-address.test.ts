import { describe, expect, it } from "vitest";
import { isCallable, isListed } from "./judge-address.ts";

describe("an address that nobody has listed", () => {
  it.each(["8.8.8.8", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8"])(
    "may be called: %s",
    (address) => {
      expect(isCallable(address, false)).toBe(true);
    },
  );

  it.each([
    "127.0.0.1",
    "127.9.9.9",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "0.0.0.0",
    "0.1.2.3",
    "224.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "240.0.0.1",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001::1",
    "2001:db8::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "100::1",
    "4000::1",
  ])("may not be called: %s", (address) => {
    expect(isCallable(address, false)).toBe(false);
  });

  it.each([
    "",
    "localhost",
    "127.1",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "2130706433",
    "8.8.8.8 ",
    "8.8.8.8/8",
    "[::1]",
  ])("is none, and may not be called either: %j", (address) => {
    expect(isCallable(address, false)).toBe(false);
    expect(isCallable(address, true)).toBe(false);
  });
});

describe("an address of a host that the operator has listed", () => {
  it.each([
    "127.0.0.1",
    "::1",
    "10.0.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "fd00::1",
    "::ffff:10.0.0.1",
    "8.8.8.8",
  ])("may be called: %s", (address) => {
    expect(isCallable(address, true)).toBe(true);
  });

  it.each([
    "169.254.169.254",
    "fe80::1",
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "255.255.255.255",
    "64:ff9b::127.0.0.1",
  ])("may not be called all the same: %s", (address) => {
    expect(isCallable(address, true)).toBe(false);
  });
});

describe("the list of the operator", () => {
  it.each([
    ["http://localhost:7777", ["localhost"], true],
    ["http://localhost:7777", ["LOCALHOST:7777"], true],
    ["http://localhost:5432", ["localhost:7777"], false],
    ["http://localhost", ["localhost:80"], true],
    ["https://os.corp", ["os.corp:443"], true],
    ["https://evil-os.corp", ["os.corp"], false],
    ["https://os.corp.evil.example", ["os.corp"], false],
    ["http://127.0.0.1:7777", ["localhost"], false],
    ["http://localhost:7777", [], false],
    ["http://localhost:7777", ["*"], false],
  ])("%s, listed %j: %s", (url, allowed, expected) => {
    expect(isListed(new URL(url), allowed)).toBe(expected);
  });
});
