import { describe, expect, test } from "vitest";
import { describeLeft, describeRotation, type KeyList, type SigningKey } from "./rotation.ts";

const NOW = 1_000_000;

function key(given: Partial<SigningKey>): SigningKey {
  return {
    kid: "old",
    algorithm: "RS256",
    station: "signing",
    created_at: 1,
    signing_since: 1,
    retired_at: null,
    last_token_ends_at: null,
    public_pem: "",
    is_loaded: null,
    request_count: null,
    ...given,
  };
}

function rotate(data: SigningKey[], observed_at: number | null = NOW) {
  const list: KeyList = {
    data,
    observed_at,
    counted_since: null,
    jwks_url: "",
    issuer: "",
    jwks: {},
    foreign_thumbprints: [],
  };
  const [publish, sign, retire] = describeRotation(list, NOW);
  return { publish, sign, retire };
}

const fresh = (is_loaded: boolean | null) => key({ kid: "new", station: "published", is_loaded });

test("begins with publishing; the others say what they wait for", () => {
  const { publish, sign, retire } = rotate([key({})]);
  expect(publish).toMatchObject({ state: "now", reason: undefined });
  expect(sign).toMatchObject({ state: "later", reason: "It comes after a key is published." });
  expect(retire).toMatchObject({ state: "later", reason: "It comes after the new key signs." });
});

describe("a published key signs", () => {
  test("once the instance has loaded it", () => {
    const { publish, sign } = rotate([key({}), fresh(true)]);
    expect(publish?.state).toBe("done");
    expect(sign).toMatchObject({ state: "now", kid: "new", reason: undefined, force: undefined });
  });

  test.each([
    ["it has not", fresh(false), NOW],
    ["nobody knows", fresh(null), NOW],
    ["what it has said is too old", fresh(true), NOW - 400],
    ["it was never asked", fresh(null), null],
  ])("only by force where %s", (_, published, observedAt) => {
    const { sign } = rotate([key({}), published], observedAt);
    expect(sign?.reason).toBeTruthy();
    expect(sign?.force?.cost).toBeTruthy();
  });
});

describe("the key before is retired", () => {
  const now = key({ kid: "new" });
  test("when its last token has ended, clocks allowed for", () => {
    const { retire } = rotate([
      now,
      key({ station: "retiring", last_token_ends_at: NOW - 11, request_count: 0 }),
    ]);
    expect(retire).toMatchObject({ kid: "old", reason: undefined, force: undefined });
    expect(retire?.evidence).toBe(
      "Safe to retire: no valid token is signed with the old key. (Last hour: 0 requests with it.)",
    );
  });

  test("before that only by force, and the page says how long", () => {
    const { retire } = rotate([now, key({ station: "retiring", last_token_ends_at: NOW + 50 })]);
    expect(retire?.reason).toBe("Tokens by the old key live for another 1 min 0 s.");
    expect(retire?.force?.button).toBe("Retire it now");
  });
});

test("what is left is said to the second", () => {
  expect(describeLeft(0.2)).toBe("1 s");
  expect(describeLeft(250)).toBe("4 min 10 s");
});
