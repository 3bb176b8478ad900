import type { RevocableIdentity } from "@agentos/auth";
import { createTestLogger } from "@agentos/testkit";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createMemoryRevocationStore } from "./memory-revocation-store.ts";
import { revocation } from "./revocation-store.suite.ts";
import type { LivingServer, RevocationStore, StoredRevocation } from "./revocation-store.ts";
import { createRevocations } from "./revocations.ts";
import { readClocks, type TwoClocks } from "./two-clocks.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const identityOf = (id: string): RevocableIdentity => ({
  kind: "user",
  issuer: "default",
  userId: "alice",
  subject: "alice",
  keyThumbprint: undefined,
  token: { id, signInId: undefined, signingInputHash: undefined, issuedAt: 1 },
});
const [mine, other] = [identityOf("t-1"), identityOf("t-2")];

/** A store that others write to, and that may be out of reach. */
function createShared({ trustSeconds = 6, sayAlive = true } = {}) {
  const kept: StoredRevocation[] = [];
  const calls: string[] = [];
  const state = { isDown: false, isHanging: false, living: [] as LivingServer[], looks: 0, seen: 0 };
  const told: { hint: () => void; beat: (before: TwoClocks | undefined) => void } = {
    hint: () => undefined,
    beat: () => undefined,
  };
  async function reach(call: string): Promise<void> {
    calls.push(call);
    if (state.isHanging) await new Promise(() => {});
    if (state.isDown) throw new Error("down");
  }
  const store: RevocationStore = {
    async add(given) {
      const stored = { ...given, seq: kept.length + 1, createdAt: 1 };
      kept.push(stored);
      return { ok: true, value: stored };
    },
    async listAfter(seq, limit) {
      await reach("read");
      return kept.filter((one) => one.seq > seq).slice(0, limit);
    },
    list: async () => ({ revocations: [], totalCount: 0 }),
    spread: {
      trustSeconds,
      onHint: (listener) => {
        told.hint = listener;
        return () => undefined;
      },
      onBeat: (listener) => {
        told.beat = listener;
        return () => undefined;
      },
      ...(sayAlive
        ? {
            nodes: {
              async beat(seen: number) {
                const before = readClocks();
                await reach("beat");
                state.seen = seen;
                return before;
              },
              async listLiving() {
                state.looks += 1;
                return state.living;
              },
            },
          }
        : {}),
    },
  };
  return { store, kept, calls, state, told, keepElsewhere: () => store.add(revocation) };
}

function create(store: RevocationStore) {
  const logger = createTestLogger();
  const revocations = createRevocations({ store, now: () => Date.now() / 1_000, logger });
  onTestFinished(() => revocations.close());
  const ask = async (identity = mine) => {
    const asked = revocations.check(identity as never);
    const answer = asked instanceof Promise ? asked : Promise.resolve(asked);
    return (await answer)?.code ?? "fine";
  };
  return { revocations, logger, ask };
}
const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1_000);

describe("what is revoked in this process", () => {
  it("is refused at once, without a promise, until its time is over", async () => {
    const now = Date.now() / 1_000;
    const { revocations } = create(createMemoryRevocationStore({ now: () => Date.now() / 1_000 }));
    const heard = vi.fn<() => void>();
    const stop = revocations.onRevoked(heard);
    expect(revocations.check(mine as never)).toBeUndefined();
    await revocations.revoke({ ...revocation, until: now + 10 });
    expect(heard).toHaveBeenCalledOnce();
    expect(revocations.check(mine as never)).toMatchObject({
      code: "AUTH_CREDENTIAL_REVOKED",
      facts: { revocation_id: 1, revocation_kind: "jti", revoked_until: now + 10 },
    });
    expect(revocations.check(other as never)).toBeUndefined();
    expect(await revocations.readAndAsk(mine)).toBe(true);
    stop();
    await revocations.revoke({ ...revocation, value: "t-2" });
    expect(heard).toHaveBeenCalledOnce();
    await seconds(11);
    expect(revocations.check(mine as never)).toBeUndefined();
  });

  it("is told to everybody who goes by it, whatever one of them throws", async () => {
    const { revocations, logger } = create(createMemoryRevocationStore({ now: () => Date.now() / 1_000 }));
    const heard = vi.fn<() => void>();
    revocations.onRevoked(() => {
      throw new Error("a fault of ours");
    });
    revocations.onRevoked(heard);
    expect(await revocations.revoke(revocation)).toMatchObject({ ok: true });
    expect(heard).toHaveBeenCalledOnce();
    expect(logger.entries).toMatchObject([
      { level: "error", facts: { error: { message: "a fault of ours" } } },
    ]);
  });
});

describe("a clock that is ahead for a moment", () => {
  const jump = (days: number) => void vi.setSystemTime(Date.now() + days * 86_400_000);

  it.each([
    ["in memory", () => createMemoryRevocationStore({ now: () => Date.now() / 1_000 })],
    ["in a database", () => createShared().store],
  ])("brings nothing back that is revoked %s", async (_, createStore) => {
    const store = createStore();
    const { revocations, ask } = create(store);
    const until = Math.floor(Date.now() / 1_000) + 300;
    void revocations.revoke({ ...revocation, until });
    await seconds(2);
    expect(await ask()).toBe("AUTH_CREDENTIAL_REVOKED");
    jump(2);
    void revocations.revoke({ ...revocation, value: "t-2" });
    await seconds(3);
    await ask();
    jump(-2);
    await seconds(2);
    expect([await ask(), await ask(other)]).toEqual(["AUTH_CREDENTIAL_REVOKED", "AUTH_CREDENTIAL_REVOKED"]);
    expect(await store.listAfter(0, 10)).toHaveLength(2);
  });

  it("is not what memory is bounded by: of more than are in force at a time those that end first are forgotten", async () => {
    const { store, kept } = createShared();
    const { revocations, ask } = create(store);
    for (let n = 0; n < 53_000; n += 1)
      kept.push({ ...revocation, value: `x-${n}`, seq: n + 1, createdAt: 1 });
    const [soon, late] = [Math.floor(Date.now() / 1_000) + 300, revocation.until + 1];
    kept[0] = { ...revocation, until: soon, seq: 1, createdAt: 1 };
    kept[1] = { ...revocation, value: "t-2", until: late, seq: 2, createdAt: 1 };
    expect([await ask(), await ask(other)]).toEqual(["fine", "AUTH_CREDENTIAL_REVOKED"]);
    expect(revocations.isRevoked(other)).toBe(true);
  });
});

describe("what is revoked in another process", () => {
  it("is read before the first answer, and by itself while somebody asks", async () => {
    const { store, keepElsewhere, state } = createShared();
    const { revocations, ask } = create(store);
    await keepElsewhere();
    expect(await ask()).toBe("AUTH_CREDENTIAL_REVOKED");
    expect(state.seen).toBe(1);
    await store.add({ ...revocation, value: "t-2" });
    expect(revocations.check(other as never)).toBeUndefined();
    await seconds(1);
    expect(revocations.check(other as never)).toMatchObject({ code: "AUTH_CREDENTIAL_REVOKED" });
    expect(state.seen).toBe(2);
  });

  it("is said to be known only after it was read: this server says that it lives before it reads", async () => {
    const { store, calls, keepElsewhere } = createShared();
    await keepElsewhere();
    await create(store).ask();
    expect(calls).toEqual(["beat", "read", "beat"]);
  });

  it("is read at once after a hint, while somebody asks, and by what runs", async () => {
    const { store, calls, told, keepElsewhere } = createShared();
    const { revocations, ask } = create(store);
    // Nobody asks, and nobody waits for this server.
    told.hint();
    expect(calls).toEqual([]);
    await ask(other);
    await keepElsewhere();
    told.hint();
    await seconds(0);
    expect(revocations.check(mine as never)).toMatchObject({ code: "AUTH_CREDENTIAL_REVOKED" });
    await store.add({ ...revocation, value: "t-2" });
    told.beat(readClocks());
    await seconds(0);
    expect(revocations.isRevoked(other)).toBe(true);
  });

  it("is read for a minute after the last question, for as long as something goes on, and then no more", async () => {
    const { store, calls } = createShared();
    const { revocations, ask } = create(store);
    let isInUse = true;
    revocations.watch(() => isInUse);
    await ask();
    await seconds(120);
    const before = calls.length;
    await seconds(10);
    expect(calls.length).toBeGreaterThan(before);
    isInUse = false;
    await seconds(2);
    const after = calls.length;
    await seconds(3_600);
    expect(calls.length).toBe(after);
    // Who comes back waits until all is read.
    expect(revocations.check(mine as never)).toBeInstanceOf(Promise);
  });

  it("is not known any more once this server is closed", async () => {
    const { store } = createShared();
    const { revocations, ask } = create(store);
    expect(await ask()).toBe("fine");
    revocations.close();
    expect(await ask()).toBe("AUTH_REVOCATION_UNKNOWN");
  });

  it("is not asked about who cannot be revoked", async () => {
    const { store, calls } = createShared();
    const { revocations } = create(store);
    expect(revocations.check({ kind: "security_key" } as never)).toBeUndefined();
    expect(revocations.check({ kind: "anonymous" } as never)).toBeUndefined();
    await seconds(5);
    expect(calls).toEqual([]);
  });
});

describe("a database that another one has taken the place of", () => {
  const valued = (value: string) => ({ ...revocation, value });

  it("is read again from the beginning after a reading that failed, and this server says meanwhile that it knows nothing", async () => {
    const { store, kept, state } = createShared();
    const { ask } = create(store);
    for (const value of ["a", "b", "c"]) await store.add(valued(value));
    expect(await ask()).toBe("fine");
    state.isDown = true;
    await seconds(1);
    // The last two were lost, and their numbers are given again.
    kept.length = 1;
    for (const value of ["t-1", "t-2", "d"]) await store.add(valued(value));
    state.isDown = false;
    const { nodes } = store.spread ?? expect.fail("it is shared");
    const beat = vi.spyOn(nodes ?? expect.fail("they say nothing"), "beat");
    await seconds(1);
    expect(beat.mock.calls).toEqual([[0], [4]]);
    expect([await ask(), await ask(other)]).toEqual(["AUTH_CREDENTIAL_REVOKED", "AUTH_CREDENTIAL_REVOKED"]);
  });

  it.each<[name: string, left: number, values: readonly string[]]>([
    ["with fewer", 0, ["t-1"]],
    ["with as many", 1, ["x", "t-1"]],
    ["with more", 0, ["t-1", "x", "y", "z"]],
    ["with none", 0, []],
  ])("is noticed without a reading that failed, %s", async (_, left, values) => {
    const { store, kept, state } = createShared();
    const { ask, revocations } = create(store);
    for (const value of ["a", "b", "c"]) await store.add(valued(value));
    expect(await ask()).toBe("fine");
    kept.length = left;
    for (const value of values) await store.add(valued(value));
    await seconds(2);
    expect(revocations.isRevoked(mine)).toBe(values.includes("t-1"));
    expect(state.seen).toBe(kept.length);
  });

  it("is not taken for one where the newest was said by a later one, or is past", async () => {
    const { store, kept, calls } = createShared();
    const { ask } = create(store);
    for (const value of ["a", "b"]) await store.add(valued(value));
    await ask();
    await store.add(valued("b"));
    kept.splice(1, 1);
    calls.length = 0;
    await seconds(1);
    expect(calls).toEqual(["beat", "read", "beat"]);
  });
});

describe("a store that does not answer", () => {
  it("is believed for six seconds, then no token is accepted, and it goes on by itself", async () => {
    const { store, state } = createShared();
    const { revocations, ask, logger } = create(store);
    expect(await ask()).toBe("fine");
    state.isDown = true;
    await seconds(4);
    expect(revocations.check(mine as never)).toBeUndefined();
    await seconds(3);
    expect(await ask()).toBe("AUTH_REVOCATION_UNKNOWN");
    state.isDown = false;
    await seconds(1);
    expect(await ask()).toBe("fine");
    expect(logger.entries.map(({ level }) => level)).toEqual(["warn", "info"]);
  });

  it("is waited for two seconds by each request, and no longer", async () => {
    const { store, state } = createShared();
    const { ask } = create(store);
    state.isHanging = true;
    const [first, second] = [ask(), ask()];
    await seconds(2);
    expect([await first, await second]).toEqual(["AUTH_REVOCATION_UNKNOWN", "AUTH_REVOCATION_UNKNOWN"]);
  });

  it("is not asked again by every request that is refused", async () => {
    const { store, state, calls } = createShared();
    const { ask } = create(store);
    state.isDown = true;
    for (let n = 0; n < 50; n += 1) expect(await ask()).toBe("AUTH_REVOCATION_UNKNOWN");
    expect(calls).toEqual(["beat"]);
  });

  it("leaves what is revoked open for a run, unless that is known already", async () => {
    const { store, state } = createShared();
    const { revocations } = create(store);
    await revocations.preload();
    state.isDown = true;
    expect(await revocations.readAndAsk(mine)).toBeUndefined();
    state.isDown = false;
    void revocations.revoke(revocation);
    await seconds(1);
    state.isDown = true;
    expect(await revocations.readAndAsk(mine)).toBe(true);
  });
});

const BEHIND: LivingServer = { id: "n2", host: "box", seenSeq: 0 };

describe("whoever revokes", () => {
  it("is answered when nobody is behind any more", async () => {
    const { store, state } = createShared();
    const { revocations } = create(store);
    state.living = [BEHIND];
    const answered = vi.fn<(outcome: unknown) => void>();
    void revocations.revoke(revocation).then(answered);
    await seconds(5);
    expect(answered).not.toHaveBeenCalled();
    // It is in force here meanwhile.
    expect(revocations.isRevoked(mine)).toBe(true);
    state.living = [{ ...BEHIND, seenSeq: 1 }];
    await seconds(1);
    expect(answered.mock.calls).toMatchObject([[{ ok: true, value: { behind: [] } }]]);
  });

  it("is told after ten seconds who is", async () => {
    const { store, state } = createShared();
    const { revocations } = create(store);
    state.living = [BEHIND];
    const answer = revocations.revoke(revocation);
    await seconds(11);
    expect(await answer).toMatchObject({ ok: true, value: { behind: [{ id: "n2", host: "box" }] } });
  });

  it("looks with everybody else who waits, and keeps one after the other", async () => {
    const { store, state } = createShared();
    let [adding, most] = [0, 0];
    const { revocations } = create({
      ...store,
      async add(given) {
        most = Math.max(most, (adding += 1));
        await new Promise((resolve) => void setTimeout(resolve, 1));
        adding -= 1;
        return store.add(given);
      },
    });
    state.living = [BEHIND];
    const all = Array.from({ length: 50 }, (_, n) => revocations.revoke({ ...revocation, value: `t-${n}` }));
    await seconds(5);
    expect(most).toBe(1);
    expect(state.looks).toBeLessThan(60);
    state.living = [{ ...BEHIND, seenSeq: 25 }];
    await seconds(1);
    expect((await Promise.all(all.slice(0, 25))).every(({ ok }) => ok)).toBe(true);
    await seconds(5);
    expect(await all[49]).toMatchObject({ ok: true, value: { behind: [{ id: "n2", host: "box" }] } });
    const looks = state.looks;
    await seconds(60);
    expect(state.looks).toBe(looks);
  });

  it("is told when nobody can be looked at, and the next one is looked for again", async () => {
    const { store, state } = createShared();
    const { revocations } = create(store);
    const { nodes } = store.spread ?? {};
    const down = vi.spyOn(nodes ?? expect.fail("they say nothing"), "listLiving");
    down.mockRejectedValueOnce(new Error("down"));
    await expect(revocations.revoke(revocation)).rejects.toThrow("down");
    expect(await revocations.revoke({ ...revocation, value: "t-2" })).toMatchObject({ ok: true });
    expect(state.looks).toBe(1);
  });

  it("waits where servers say nothing of each other until none goes by what it has read before", async () => {
    const shared = createShared({ trustSeconds: 1.5, sayAlive: false });
    const reader = create(shared.store);
    expect(await reader.ask()).toBe("fine");
    const answered = vi.fn<(outcome: unknown) => void>();
    void create(shared.store).revocations.revoke(revocation).then(answered);
    await seconds(1.4);
    expect(answered).not.toHaveBeenCalled();
    await seconds(0.3);
    expect(answered).toHaveBeenCalledOnce();
    expect(await reader.ask()).toBe("AUTH_CREDENTIAL_REVOKED");
    expect(shared.calls).not.toContain("beat");
  });
});
