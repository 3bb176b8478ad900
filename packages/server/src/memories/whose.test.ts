import type { DataScope, Owner } from "@agentos/auth";
import { ADMIN_SCOPE } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import { ALICE, createTestIdentity, NOBODY, ownerNamed } from "../runs/test-run.fixture.ts";
import { findMemoryOwner, findReach, resolveMemoryOwner } from "./whose.ts";

const ALL: DataScope = { kind: "all" };
const OWN: DataScope = { kind: "user", owner: ALICE.owner };
const NONE: DataScope = { kind: "none" };
const KEYED = createTestIdentity({ kind: "security_key" });

describe("whose memories a request reaches", () => {
  it("are the caller's own under a scope of one user, whomever the request names", () => {
    const caller = { identity: ALICE, dataScope: OWN };
    expect(findReach(caller, "bob")).toEqual({ ok: true, value: { scope: OWN, of: {} } });
    expect(resolveMemoryOwner(caller, "bob")).toEqual({ ok: true, value: ALICE.owner });
  });

  it("are nobody's without a scope", () => {
    const fault = { status: 403, detail: "A user identity is required" };
    expect(findReach({ identity: NOBODY, dataScope: NONE }, "bob")).toEqual({ ok: false, fault });
    expect(resolveMemoryOwner({ identity: NOBODY, dataScope: NONE }, "bob")).toEqual({ ok: false, fault });
  });

  it("are those of the named user, or everybody's, where the scope allows it", () => {
    const caller = { identity: ALICE, dataScope: ALL };
    expect(findReach(caller, "bob")).toEqual({ ok: true, value: { scope: ALL, of: { userId: "bob" } } });
    for (const none of [undefined, null, ""])
      expect(findReach(caller, none)).toEqual({ ok: true, value: { scope: ALL, of: {} } });
  });
});

describe("whom a request writes for", () => {
  it("is a claimed user where the credential names nobody, as in runs", () => {
    const caller = { identity: KEYED, dataScope: ALL };
    const claimed = ownerNamed("zoe", { kind: "claimed" });
    expect(resolveMemoryOwner(caller, "zoe")).toEqual({ ok: true, value: claimed });
    for (const none of [undefined, null, ""])
      expect(resolveMemoryOwner(caller, none)).toEqual({
        ok: false,
        fault: { status: 400, detail: "User ID is required" },
      });
  });

  it("is the caller, or whom it claims: never a verified user, but for an admin", () => {
    const caller = { identity: ALICE, dataScope: ALL };
    expect(resolveMemoryOwner(caller, undefined)).toEqual({ ok: true, value: ALICE.owner });
    expect(resolveMemoryOwner(caller, "alice")).toEqual({ ok: true, value: ALICE.owner });
    const claimed = ownerNamed("bob", { kind: "claimed" });
    expect(resolveMemoryOwner(caller, "bob")).toEqual({ ok: true, value: claimed });
    const admin = createTestIdentity({ userId: "root", scopes: [ADMIN_SCOPE] });
    const verified = { ok: true, value: ownerNamed("bob") };
    expect(resolveMemoryOwner({ identity: admin, dataScope: ALL }, "bob")).toEqual(verified);
  });

  it.each(["sa:bot", "a\nb", "x".repeat(257)])("is never %j", (name) => {
    for (const identity of [ALICE, KEYED])
      expect(resolveMemoryOwner({ identity, dataScope: ALL }, name)).toMatchObject({
        ok: false,
        fault: { status: 422 },
      });
  });
});

describe("whose memories are merged", () => {
  const find = (owners: readonly Owner[]) =>
    findMemoryOwner({ identity: KEYED, dataScope: ALL }, "zoe", {
      listStatistics: async () => ({
        statistics: owners.map((owner) => ({ owner, count: 1, updatedAt: 1 })),
        totalCount: owners.length,
      }),
    });
  const claimed = ownerNamed("zoe", { kind: "claimed" });
  const verified = ownerNamed("zoe");
  const partners = ownerNamed("zoe", { issuer: "partner" });

  it("are those that the request would write to, else the only ones of this id, never several users'", async () => {
    expect(await find([])).toEqual({ ok: true, value: claimed });
    expect(await find([verified, claimed])).toEqual({ ok: true, value: claimed });
    expect(await find([verified])).toEqual({ ok: true, value: verified });
    expect(await find([verified, partners])).toMatchObject({ ok: false, fault: { status: 409 } });
  });
});
