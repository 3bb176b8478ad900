import { afterEach, describe, expect, it } from "vitest";
import { openTestStore, TEST_DIALECTS, type TestStore } from "../store/test-store.fixture.ts";
import { allowSignIn, placeOf } from "./allowances.ts";
import { createThrottle, type Throttle } from "./throttle.ts";

const ADA = "ada@example.com";

describe.each(TEST_DIALECTS)("the throttle on %s", (dialect) => {
  let test: TestStore;
  afterEach(() => test.close());

  const open = async (maxRows?: number) => {
    test = await openTestStore(dialect);
    return createThrottle(test.store, maxRows);
  };
  const fail = (throttle: Throttle, address: string, email = ADA) =>
    throttle.take(allowSignIn(email, address).all);
  const rows = () =>
    test.store.read((db) => db.selectFrom("agentos_cp_attempts").selectAll().orderBy("key").execute());

  it("refuses the sixth failure of an account from an address within a minute, and not a minute later", async () => {
    const throttle = await open();
    for (let n = 0; n < 5; n += 1) expect(await fail(throttle, "192.0.2.1")).toBeUndefined();
    expect(await fail(throttle, "192.0.2.1")).toBe(5);
    test.clock.now += 59;
    expect(await fail(throttle, "192.0.2.1")).toBe(5);
    test.clock.now += 1;
    expect(await fail(throttle, "192.0.2.1")).toBeUndefined();
  });

  it("counts attempts that are made at once, too", async () => {
    const throttle = await open();
    const all = await Promise.all(Array.from({ length: 12 }, () => fail(throttle, "192.0.2.1")));
    expect(all.filter((limit) => limit === undefined)).toHaveLength(5);
  });

  it("refuses the thirty-first failure from an address, whatever the accounts", async () => {
    const throttle = await open();
    for (let n = 0; n < 30; n += 1)
      expect(await fail(throttle, "192.0.2.1", `p${n}@example.com`)).toBeUndefined();
    expect(await fail(throttle, "192.0.2.1", ADA)).toBe(30);
    expect(await fail(throttle, "192.0.2.2", ADA)).toBeUndefined();
  });

  it("strangers keep nobody out: from another address the first attempt is always let in", async () => {
    const throttle = await open();
    // Each from an address of its own, as far more than an account can have failures.
    for (let n = 0; n < 120; n += 1) await fail(throttle, `198.51.100.${n}`);
    expect(await fail(throttle, "192.0.2.1")).toBeUndefined();
    // Under attack an address has one attempt, and not five.
    expect(await fail(throttle, "192.0.2.1")).toBe(1);
    // Another account is not under attack.
    expect(await fail(throttle, "192.0.2.1", "bob@example.com")).toBeUndefined();
    expect(await fail(throttle, "192.0.2.1", "bob@example.com")).toBeUndefined();
  });

  it("what succeeded does not count", async () => {
    const throttle = await open();
    const { all, own } = allowSignIn(ADA, "192.0.2.1");
    for (let n = 0; n < 40; n += 1) {
      expect(await throttle.take(all)).toBeUndefined();
      await throttle.giveBack(all, [own]);
    }
    expect((await rows()).map(({ count }) => count)).toEqual([0, 0]);
  });

  it("keeps a bounded number of rows, and those that have failed most", async () => {
    const throttle = await open(20);
    for (let n = 0; n < 4; n += 1) await fail(throttle, "192.0.2.1");
    for (let n = 0; n < 40; n += 1) await fail(throttle, `198.51.100.${n}`, `p${n}@example.com`);
    const kept = await rows();
    expect(kept.length).toBeLessThanOrEqual(20);
    expect(kept.filter(({ count }) => count === 4)).toHaveLength(3);
    test.clock.now += 3_600;
    await fail(throttle, "192.0.2.9");
    expect(await rows()).toHaveLength(3);
  });

  it("keeps no address for signing in as a text", async () => {
    const throttle = await open();
    await fail(throttle, "192.0.2.1");
    expect(JSON.stringify(await rows())).not.toContain("ada");
  });
});

it("a client of IPv6 is its network of 64 bits, and IPv4 in IPv6 is IPv4", () => {
  expect(placeOf("2001:db8:1:1::1")).toBe(placeOf("2001:db8:1:1:ffff::2"));
  expect(placeOf("2001:db8:1:1::1")).not.toBe(placeOf("2001:db8:1:2::1"));
  expect(placeOf("::ffff:192.0.2.1")).toBe("192.0.2.1");
  expect(placeOf("not an address")).toBe(placeOf(undefined));
});
