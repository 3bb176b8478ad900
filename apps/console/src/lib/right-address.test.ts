import { AgentOSRefusal } from "@agentos/client";
import { expect, it } from "vitest";
import { findRightAddress } from "./right-address.ts";

const elsewhere = (title: string, code = "SIGN_IN_PAGE_ELSEWHERE") =>
  new AgentOSRefusal({ status: 403, code, title, detail: "The page is at another address" });

it("names the same page at the address that is told", () => {
  const error = elsewhere("people sign in at http://localhost:7778 alone, and this page is elsewhere");
  expect(findRightAddress(error, "/members?tab=roles")).toBe("http://localhost:7778/members?tab=roles");
});

it.each([
  [elsewhere("people sign in at javascript:alert(1) alone"), "/"],
  [elsewhere("no address"), "/"],
  [elsewhere("at http://localhost:7778", "SIGN_IN_FAILED"), "/"],
  [elsewhere("at http://localhost:7778"), "//evil.example"],
  [new Error("at http://localhost:7778"), "/"],
])("names none for %s at %s", (error, path) => {
  expect(findRightAddress(error, path)).toBeUndefined();
});
