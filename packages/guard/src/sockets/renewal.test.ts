import { compileGrants, createOwner, type Identity } from "@agentos/auth";
import { describe, expect, it } from "vitest";
import { checkRenewal } from "./renewal.ts";

const identityOf = (userId: string | undefined, more: Partial<Identity> = {}): Identity => {
  const scopes = more.scopes ?? ["things:run"];
  return {
    kind: "user",
    issuer: "default",
    owner: createOwner("default", userId),
    userId,
    subject: userId,
    sessionId: undefined,
    scopes,
    grants: compileGrants(scopes, "agent_os:admin"),
    claims: {},
    dependencies: undefined,
    sessionState: undefined,
    expiresAt: undefined,
    notBefore: undefined,
    keyLabel: undefined,
    ...more,
  };
};
const token = (id: string) => ({
  id,
  signingInputHash: undefined,
  signInId: undefined,
  issuedAt: undefined,
});
const codeOf = (held: Identity, next: Identity) => {
  const result = checkRenewal(held, next);
  return result.ok ? "renewed" : result.fault.code;
};

describe("a connection goes on", () => {
  const alice = identityOf("alice");

  it.each([
    ["the same caller", identityOf("alice"), "renewed"],
    ["fewer scopes", identityOf("alice", { scopes: [] }), "renewed"],
    ["another user", identityOf("bob"), "AUTH_SOCKET_OTHER_CALLER"],
    [
      "a user of that name of another issuer",
      identityOf("alice", { issuer: "partner", owner: createOwner("partner", "alice") }),
      "AUTH_SOCKET_OTHER_CALLER",
    ],
    ["a caller of another kind", identityOf("alice", { kind: "security_key" }), "AUTH_SOCKET_OTHER_CALLER"],
    ["nobody", identityOf(undefined), "AUTH_SOCKET_OTHER_CALLER"],
    ["one more scope", identityOf("alice", { scopes: ["things:run", "x:y"] }), "AUTH_SOCKET_SCOPES_WIDER"],
    ["the admin scope", identityOf("alice", { scopes: ["agent_os:admin"] }), "AUTH_SOCKET_SCOPES_WIDER"],
  ])("as its caller with %s: %s", (_, next, expected) => {
    expect(codeOf(alice, next)).toBe(expected);
  });

  it("with any scope of an admin, and not back from fewer", () => {
    const admin = identityOf("alice", { scopes: ["agent_os:admin"] });
    expect(codeOf(admin, alice)).toBe("renewed");
    expect(codeOf(alice, admin)).toBe("AUTH_SOCKET_SCOPES_WIDER");
  });

  it("as nobody only with the very same token", () => {
    const nobody = (id: string) => identityOf(undefined, { token: token(id) });
    expect(codeOf(nobody("a"), nobody("a"))).toBe("renewed");
    expect(codeOf(nobody("a"), nobody("b"))).toBe("AUTH_SOCKET_OTHER_CALLER");
    expect(codeOf(identityOf(undefined), identityOf(undefined))).toBe("AUTH_SOCKET_OTHER_CALLER");
  });

  it("and a refusal names its caller, and at most twenty scopes", () => {
    const scopes = Array.from({ length: 50 }, (_, n) => `things:${n}`);
    const result = checkRenewal(alice, identityOf("alice", { scopes }));
    expect(result).toMatchObject({
      fault: { subject: "alice", issuer: "default", facts: { wider_scopes: scopes.slice(0, 20) } },
    });
  });
});
