import { REFUSALS, type RefusalCode } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import type { SocketRefusal } from "../gate/socket-gate.ts";
import { authErrorFrame, echoText, refusedFrame } from "./socket-frames.ts";

const refusalOf = (code: RefusalCode): SocketRefusal => ({
  code,
  problem: {
    type: `/errors/${code}`,
    title: "t",
    status: REFUSALS[code].status,
    detail: REFUSALS[code].detail,
    code,
    fix: "f",
    denial_id: "den_1",
  },
});

describe("a credential that is refused", () => {
  it.each<[RefusalCode, "jwt" | "security_key", object]>([
    ["AUTH_TOKEN_EXPIRED", "jwt", { error: "Signature has expired", error_type: "expired" }],
    ["AUTH_TOKEN_MALFORMED", "jwt", { error: "Not enough segments", error_type: "invalid_token" }],
    [
      "AUTH_KEYS_UNAVAILABLE",
      "jwt",
      { error: "JWT authentication is misconfigured on the server", error_type: "server_error" },
    ],
    ["AUTH_SECURITY_KEY_INVALID", "security_key", { error: "Invalid token" }],
    ["AUTH_SERVICE_ACCOUNTS_DISABLED", "jwt", { error: REFUSALS.AUTH_SERVICE_ACCOUNTS_DISABLED.detail }],
  ])("%s in the mode %s has the words of the contract, and cause and fix", (code, mode, words) => {
    expect(authErrorFrame(mode, refusalOf(code))).toEqual({
      event: "auth_error",
      ...words,
      code,
      title: "t",
      fix: "f",
      denial_id: "den_1",
    });
  });
});

describe("an action that is refused", () => {
  it("has the words of the action where scopes are missing, and its own for another cause", () => {
    const errorOf = (code: RefusalCode) => refusedFrame(refusalOf(code), "Insufficient permissions to fly");
    expect(errorOf("SCOPE_MISSING")).toMatchObject({ error: "Insufficient permissions to fly" });
    expect(errorOf("AUTH_USER_REQUIRED")).toMatchObject({ error: "A user identity is required" });
  });
});

describe("what a client sent", () => {
  it("is said back short, on one line, and without a token", () => {
    expect(echoText("fly")).toBe("fly");
    expect(echoText("a\nb\u202e")).toBe("a\\u000ab\\u202e");
    expect(echoText("x".repeat(1_000))).toHaveLength(200);
    expect(echoText(`agno_pat_${"0123456789abcdef".repeat(4)}`)).not.toContain("0123456789");
  });
});
