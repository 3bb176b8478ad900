import { describe, expect, it } from "vitest";
import {
  createRevocationSet,
  isRevocable,
  type RevocableIdentity,
  type Revocation,
} from "./revocation-set.ts";

const KEY = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";

const alice: RevocableIdentity = {
  kind: "user",
  issuer: "corp",
  userId: "c:alice",
  subject: "alice",
  keyThumbprint: KEY,
  token: { id: "t-1", signInId: "s-1", signingInputHash: undefined, issuedAt: 1_000 },
};

const withToken = (token: Partial<NonNullable<RevocableIdentity["token"]>>): RevocableIdentity => ({
  ...alice,
  token: { id: "t-1", signInId: "s-1", signingInputHash: undefined, issuedAt: 1_000, ...token },
});

function isRevoked(revocation: Partial<Revocation>, identity: RevocableIdentity = alice): boolean {
  const set = createRevocationSet();
  set.add({ kind: "jti", issuer: "corp", value: "", until: 9_000, ...revocation });
  return set.find(identity, 0) !== undefined;
}

describe("a revocation", () => {
  it.each<[name: string, Partial<Revocation>, twin: RevocableIdentity]>([
    ["of a token, not of another one", { kind: "jti", value: "t-1" }, withToken({ id: "t-2" })],
    ["of a token, not of one without an id", { kind: "jti", value: "t-1" }, withToken({ id: undefined })],
    ["of a token, not of another issuer's", { kind: "jti", value: "t-1" }, { ...alice, issuer: "default" }],
    ["of a sign-in, not of another one", { kind: "sid", value: "s-1" }, withToken({ signInId: "s-2" })],
    ["of a sign-in, not of another issuer's", { kind: "sid", value: "s-1" }, { ...alice, issuer: "default" }],
    [
      "of a user, not of another issuer's",
      { kind: "subject", value: "alice" },
      { ...alice, issuer: "default" },
    ],
    [
      "of a user, not of a token that was issued then or later",
      { kind: "subject", value: "alice", issuedBefore: 1_001 },
      withToken({ issuedAt: 1_001 }),
    ],
    [
      "of a user by the prefixed name, not of another user",
      { kind: "subject", value: "c:alice" },
      { ...alice, userId: "c:bob", subject: "bob" },
    ],
    [
      "of a user by the prefixed name, not of another user whom their token calls so",
      { kind: "subject", value: "c:alice" },
      { ...alice, userId: "c:c:alice", subject: "c:alice" },
    ],
    [
      "of a key, whoever uses it, not of another key",
      { kind: "key", issuer: "", value: KEY },
      { ...alice, keyThumbprint: `x${KEY.slice(1)}` },
    ],
    [
      "of a key, not of a shared secret",
      { kind: "key", issuer: "", value: KEY },
      { ...alice, keyThumbprint: undefined },
    ],
  ])("is %s", (_, revocation, twin) => {
    expect(isRevoked(revocation)).toBe(true);
    expect(isRevoked(revocation, twin)).toBe(false);
  });

  it("of a user is of a token that does not say when it was issued", () => {
    const revocation = { kind: "subject", value: "alice", issuedBefore: 5 } as const;
    expect(isRevoked(revocation, withToken({ issuedAt: undefined }))).toBe(true);
    expect(isRevoked(revocation)).toBe(false);
  });

  it.each([
    // Another claim names users: neither name is made of the other.
    { userId: "u-9", subject: "alice" },
    { userId: "aX", subject: "a" },
    { userId: "a", subject: "aX" },
    { userId: "alice", subject: undefined },
    { userId: undefined, subject: "alice" },
  ])("of a user is by each of their names: %o", (names) => {
    for (const value of [names.userId, names.subject])
      if (value !== undefined)
        expect(isRevoked({ kind: "subject", value }, { ...alice, ...names })).toBe(true);
    expect(isRevoked({ kind: "subject", value: "bob" }, { ...alice, ...names })).toBe(false);
  });

  it("of a user whose own name begins with the prefix is by the name that this server shows", () => {
    const other = { ...alice, userId: "c:c:alice", subject: "c:alice" };
    expect(isRevoked({ kind: "subject", value: "c:c:alice" }, other)).toBe(true);
    expect(isRevoked({ kind: "subject", value: "c:c:alice" })).toBe(false);
  });

  it("is of tokens alone", () => {
    const { token: _, ...without } = alice;
    for (const other of [
      without,
      { ...alice, kind: "security_key" },
      { ...alice, kind: "anonymous" },
    ] as const) {
      expect(isRevocable(other)).toBe(false);
      expect(isRevoked({ kind: "subject", value: "alice" }, other)).toBe(false);
    }
    expect(isRevocable(alice)).toBe(true);
  });

  it("does not know names that every object has", () => {
    const set = createRevocationSet();
    set.add({ kind: "jti", issuer: "corp", value: "other", until: 1 });
    for (const id of ["constructor", "__proto__", "toString"])
      expect(set.find(withToken({ id }), 0)).toBeUndefined();
  });
});

describe("a set of them", () => {
  it("takes two about the same as one, by the later of both times", () => {
    const set = createRevocationSet();
    const revocation = { kind: "subject", issuer: "corp", value: "alice" } as const;
    set.add({ ...revocation, issuedBefore: 1_500, until: 2_000 });
    set.add({ ...revocation, issuedBefore: 900, until: 3_000 });
    expect(set.size).toBe(1);
    expect(set.find(alice, 0)).toMatchObject({ issuedBefore: 1_500, until: 3_000 });
    set.add({ ...revocation, until: 100 });
    expect(set.find(withToken({ issuedAt: 1e9 }), 0)).toMatchObject({
      issuedBefore: undefined,
      until: 3_000,
    });
    // All tokens stay revoked when some of them are once more.
    set.add({ ...revocation, issuedBefore: 2_000, until: 3_000 });
    expect(set.find(withToken({ issuedAt: 1e9 }), 0)).toMatchObject({ issuedBefore: undefined });
  });

  const about = [
    { kind: "jti", issuer: "corp", value: "t-1" },
    { kind: "sid", issuer: "corp", value: "s-1" },
    { kind: "subject", issuer: "corp", value: "c:alice" },
    { kind: "subject", issuer: "corp", value: "alice" },
    { kind: "key", issuer: "", value: KEY },
  ] as const;
  const pairs = about.flatMap((past) =>
    about.filter((one) => one !== past).map((inForce) => [past, inForce] as const),
  );
  it.each(pairs)("is not misled by one that is past: $kind $value", (past, inForce) => {
    const set = createRevocationSet();
    set.add({ ...past, until: 2_000 });
    set.add({ ...inForce, until: 9_000 });
    expect(set.find(alice, 2_000)).toMatchObject(inForce);
    expect(set.find(alice, 9_000)).toBeUndefined();
  });

  it("forgets those that end first, and no more of them than it has to", () => {
    const set = createRevocationSet();
    set.add({ kind: "key", issuer: "", value: KEY, until: 200 });
    set.add({ kind: "sid", issuer: "corp", value: "s-1", until: 300 });
    set.add({ kind: "jti", issuer: "corp", value: "t-1", until: 100 });
    set.trim(4);
    set.trim(3);
    expect(set.find(alice, 0)).toMatchObject({ kind: "jti" });
    set.trim(2);
    expect([set.size, set.find(alice, 0)]).toMatchObject([2, { kind: "sid" }]);
    set.trim(0);
    expect([set.size, set.find(alice, 0)]).toEqual([0, undefined]);
  });
});
