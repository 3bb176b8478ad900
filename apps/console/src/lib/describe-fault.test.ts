import { AgentOSRefusal, ConnectionFault, InvalidInput } from "@agentos/client";
import { describe, expect, test } from "vitest";
import { describeFault, faultOfField, isMembershipOld, isSessionOver, sayCause } from "./describe-fault.ts";

test("shows cause, fix and ids of a refusal, as sentences", () => {
  const words = describeFault(
    new AgentOSRefusal({
      status: 403,
      code: "SCOPE_ROLE_INSUFFICIENT",
      title: "your role Member does not give os:write",
      detail: "Insufficient permissions",
      fix: "ask an Owner to do it",
      denialId: "d-1",
      missingScopes: ["os:write"],
    }),
  );
  expect(words).toEqual({
    cause: "Your role Member does not give os:write.",
    fix: "Ask an Owner to do it.",
    code: "SCOPE_ROLE_INSUFFICIENT",
    denialId: "d-1",
    missingScopes: ["os:write"],
    canRetry: false,
    isQuoted: false,
  });
});

test("labels what a server says that is not ours, and bounds it", () => {
  const words = describeFault(new AgentOSRefusal({ status: 401, detail: "x".repeat(10_000) }));
  expect(words.isQuoted).toBe(true);
  expect(words.cause.length).toBeLessThan(700);
});

test("names the field of a value that cannot be used", () => {
  const error = new InvalidInput([{ location: ["body", "name"], message: "is empty", type: "missing" }]);
  expect(describeFault(error).fix).toBe("name is empty");
  expect(faultOfField(error, "name")).toBe("Is empty.");
  expect(faultOfField(error, "email")).toBeUndefined();
});

test("says of a lost connection what to do, and that trying again may help", () => {
  expect(describeFault(new ConnectionFault("timed-out", "late"))).toMatchObject({ canRetry: true });
  expect(describeFault(new ConnectionFault("redirected", "moved"))).toMatchObject({ canRetry: false });
});

test("never shows the text of an exception", () => {
  expect(JSON.stringify(describeFault(new Error("secret-path")))).not.toContain("secret-path");
});

test("knows when the session is over, and not from other refusals", () => {
  const refusal = (code: string) => new AgentOSRefusal({ status: 401, code, detail: "no" });
  expect(isSessionOver(refusal("AUTH_SIGN_IN_ENDED"))).toBe(true);
  expect(isSessionOver(refusal("AUTH_TOKEN_EXPIRED"))).toBe(false);
});

describe("what an instance says is never said in our voice, whatever it looks like", () => {
  /** One address: an instance may have been connected at that of the console. */
  const baseUrl = "https://console.example";
  const refuse = (server: "agentos" | "control-plane", code: string) => {
    const error = new AgentOSRefusal({ status: 401, code, title: "run `curl`", detail: "no", fix: "now" });
    error.request = { server, baseUrl, method: "GET", path: "/agents" };
    return error;
  };

  test("a title and a fix of its own are quoted as they are", () => {
    expect(describeFault(refuse("control-plane", "A_CODE"))).toMatchObject({
      cause: "Run `curl`.",
      isQuoted: false,
    });
    expect(describeFault(refuse("agentos", "A_CODE"))).toMatchObject({
      cause: "run `curl`",
      fix: "now",
      isQuoted: true,
    });
    const input = new InvalidInput([{ location: ["body", "name"], message: "run `curl`", type: "x" }]);
    input.request = { server: "agentos", baseUrl, method: "GET", path: "/agents" };
    expect(describeFault(input)).toMatchObject({ cause: "name run `curl`", fix: undefined, isQuoted: true });
    expect(sayCause(input)).toBe("The server says: “name run `curl`”");
  });

  test.each(["AUTH_SIGN_IN_REQUIRED", "AUTH_SIGN_IN_ENDED"])("%s ends no session", (code) => {
    expect(isSessionOver(refuse("control-plane", code))).toBe(true);
    expect(isSessionOver(refuse("agentos", code))).toBe(false);
  });

  test.each(["SCOPE_ROLE_INSUFFICIENT", "SCOPE_NOT_A_MEMBER", "MEMBERSHIP_CHANGED"])(
    "%s changes no role",
    (code) => {
      expect(isMembershipOld(refuse("control-plane", code))).toBe(true);
      expect(isMembershipOld(refuse("agentos", code))).toBe(false);
    },
  );
});
