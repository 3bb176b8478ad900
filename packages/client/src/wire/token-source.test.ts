import { describe, expect, test } from "vitest";
import { ConnectionFault } from "./client-errors.ts";
import { errorOf } from "./http-server.fixture.ts";
import { createTokenSource, type GetToken } from "./token-source.ts";

const NOW = 1_800_000_000;
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
    const { headers } = await source.take();
    expect(headers).toEqual(token === undefined ? {} : { authorization: `Bearer ${token}` });
    await source.take();
    expect(state.asked).toBe(times);
  });

  test("reads the end of a claim with letters of any script", async () => {
    const { state, getToken } = giving(tokenOf({ name: "Łucja 漢字", exp: NOW + 10, iat: NOW }));
    const source = create(getToken);
    await source.take();
    await source.take();
    expect(state.asked).toBe(2);
  });

  test("asks once for all who wait, and again after it has failed", async () => {
    let asked = 0;
    const source = create(async () => {
      asked += 1;
      if (asked === 1) throw new Error("not now");
      return "token";
    });
    const failed = await Promise.all([errorOf(source.take()), errorOf(source.take())]);
    expect(failed).toMatchObject([{ reason: "no-token" }, { reason: "no-token" }]);
    await Promise.all([source.take(), source.take(), source.take()]);
    expect(asked).toBe(2);
  });

  test("shows the error of another client as it is", async () => {
    const fault = new ConnectionFault("unreachable", "the control plane is down");
    const source = create(() => Promise.reject(fault));
    expect(await errorOf(source.take())).toBe(fault);
  });

  test("has another one after the end of the first, unless it is given the same again", async () => {
    const { state, getToken } = giving("one", "two", "two");
    const source = create(getToken);
    const first = await source.take();
    expect(await Promise.all([source.renew?.(first), source.renew?.(first)])).toEqual([true, true]);
    expect(state.asked).toBe(2);
    // Another request has renewed it meanwhile.
    expect(await source.renew?.(first)).toBe(true);
    expect(state.asked).toBe(2);
    expect(await source.renew?.(await source.take())).toBe(false);
    expect(state.asked).toBe(3);
  });
});
