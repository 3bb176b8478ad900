import { describe, expect, test } from "vitest";
import { ConnectionFault } from "./client-errors.ts";
import { errorOf } from "./http-server.fixture.ts";
import { createTokenSource, type GetToken } from "./token-source.ts";

const NOW = 1_800_000_000;
/** Of a request that waits as long as it takes. */
const WAITS = new AbortController().signal;
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const tokenOf = (claims: Readonly<Record<string, unknown>>) => `${encode({})}.${encode(claims)}.x`;

function create(getToken: GetToken, clock = { now: NOW }) {
  return createTokenSource({ getToken, renewSeconds: 30, runtime: { clock: () => clock.now * 1_000 } });
}

/** Counts. */
function giving(...tokens: readonly (string | undefined)[]) {
  const state = { asked: 0 };
  const getToken = () => {
    state.asked += 1;
    return tokens[Math.min(state.asked, tokens.length) - 1];
  };
  return { state, getToken };
}

describe("a source of tokens", () => {
  test.each([
    ["ends in 31 seconds", tokenOf({ exp: NOW + 31, iat: NOW }), 1],
    ["ends in 30 seconds", tokenOf({ exp: NOW + 30, iat: NOW }), 2],
    ["has ended by a clock that is fast, and is fresh", tokenOf({ exp: NOW - 100, iat: NOW - 400 }), 1],
    ["has ended, and was short", tokenOf({ exp: NOW - 100, iat: NOW - 110 }), 2],
    ["says nothing of its end", tokenOf({ sub: "alice" }), 1],
    ["says nonsense of its end", tokenOf({ exp: "soon" }), 1],
    ["is no JWT", "agno_pat_0123456789", 1],
    ["has no JSON in it", "a.b.c", 1],
    ["is not there", undefined, 2],
  ])("asks for a token that %s as often as it has to", async (_, token, times) => {
    const { state, getToken } = giving(token);
    const source = create(getToken);
    const { headers } = await source.take(WAITS);
    expect(headers).toEqual(token === undefined ? {} : { authorization: `Bearer ${token}` });
    await source.take(WAITS);
    expect(state.asked).toBe(times);
  });

  test("asks no more than twice where the clock is fast, and each new token seems to end at once", async () => {
    let asked = 0;
    const source = create(() => {
      asked += 1;
      return tokenOf({ exp: NOW + 20 + asked, iat: NOW - 280 + asked });
    });
    for (let take = 0; take < 20; take += 1) await source.take(WAITS);
    expect(asked).toBe(2);
  });

  test("reads the end of a claim with letters of any script", async () => {
    const { state, getToken } = giving(tokenOf({ name: "Łucja 漢字", exp: NOW + 10, iat: NOW }));
    const source = create(getToken);
    await source.take(WAITS);
    await source.take(WAITS);
    expect(state.asked).toBe(2);
  });

  test("asks once for all who wait, and again after it has failed", async () => {
    let asked = 0;
    const source = create(async () => {
      asked += 1;
      if (asked === 1) throw new Error("not now");
      return "token";
    });
    const failed = await Promise.all([errorOf(source.take(WAITS)), errorOf(source.take(WAITS))]);
    expect(failed).toMatchObject([{ reason: "no-token" }, { reason: "no-token" }]);
    await Promise.all([source.take(WAITS), source.take(WAITS), source.take(WAITS)]);
    expect(asked).toBe(2);
  });

  test("shows the error of another client as it is", async () => {
    const fault = new ConnectionFault("unreachable", "the control plane is down");
    const source = create(() => Promise.reject(fault));
    expect(await errorOf(source.take(WAITS))).toBe(fault);
  });

  test("has another one after the first is refused, unless it is given the same again", async () => {
    const { state, getToken } = giving("one", "two", "two");
    const clock = { now: NOW };
    const source = create(getToken, clock);
    const first = await source.take(WAITS);
    expect(await Promise.all([source.renew?.(first, WAITS), source.renew?.(first, WAITS)])).toEqual([
      true,
      true,
    ]);
    expect(state.asked).toBe(2);
    // Another request has renewed it meanwhile.
    expect(await source.renew?.(first, WAITS)).toBe(true);
    expect(state.asked).toBe(2);
    clock.now += 30;
    expect(await source.renew?.(await source.take(WAITS), WAITS)).toBe(false);
    expect(state.asked).toBe(3);
  });

  test("has no new one made for each request where none is taken", async () => {
    let asked = 0;
    const clock = { now: NOW };
    const source = create(() => `token-${(asked += 1)}`, clock);
    const renew = async () => source.renew?.(await source.take(WAITS), WAITS);
    expect([await renew(), await renew(), await renew(), asked]).toEqual([true, false, false, 2]);
    clock.now += 30;
    expect([await renew(), await renew(), asked]).toEqual([true, false, 3]);
  });

  test("forgets a question that nobody waits for any more, and whoever was asked is told", async () => {
    const signals: AbortSignal[] = [];
    const late = Promise.withResolvers<string>();
    const source = create(({ signal }) => {
      signals.push(signal);
      return signals.length === 1 ? late.promise : "second";
    });
    const [one, two] = [new AbortController(), new AbortController()];
    const takes = [source.take(one.signal), source.take(two.signal)];
    one.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    two.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    const { secrets } = await source.take(WAITS);
    expect(secrets).toEqual(["second"]);
    // What comes too late replaces nothing.
    late.resolve("first");
    await Promise.all(takes);
    expect((await source.take(WAITS)).secrets).toEqual(["second"]);
  });
});
