import { createTestKey } from "@agentos/testkit";
import { describe, expect, it, vi } from "vitest";
import { createKeySet } from "../keys/set/key-set.ts";
import { findKeys } from "./find-keys.ts";
import { codeOf, parseTestKeys } from "./verifier.fixture.ts";

const withKid = createKeySet(await parseTestKeys(await createTestKey("ES256", { kid: "k1" })), 1);
const header = (kid: string | undefined) => ({
  algorithm: "ES256",
  kid,
  namesOwnKey: false,
  isAccessTyped: false,
});

/** A source with these keys now, and the other ones once it has been asked. */
function setUp(now: typeof withKid, later = now) {
  let keySet = now;
  const refresh = vi.fn<(kid: string) => Promise<boolean>>(async () => {
    const isChanged = keySet !== later;
    keySet = later;
    return isChanged;
  });
  return { refresh, source: { current: () => keySet, refresh } };
}

describe("the source of keys", () => {
  it.each(["k1", undefined])("is asked when it has none, for a token with the kid %s", async (kid) => {
    const { source, refresh } = setUp(createKeySet([]), withKid);
    expect(codeOf(await findKeys(source, header(kid)))).toBe("passed");
    expect(refresh).toHaveBeenCalledExactlyOnceWith(kid ?? "");
  });

  it.each(["k1", undefined])("is not asked when it has keys, for a token with the kid %s", async (kid) => {
    const { source, refresh } = setUp(withKid);
    expect(codeOf(await findKeys(source, header(kid)))).toBe("passed");
    expect(refresh).not.toHaveBeenCalled();
  });

  it("is asked for a kid that it does not know", async () => {
    const { source, refresh } = setUp(withKid);
    expect(codeOf(await findKeys(source, header("k2")))).toBe("AUTH_KEY_UNKNOWN");
    expect(refresh).toHaveBeenCalledExactlyOnceWith("k2");
  });

  it("that has none, and gets none, is not the token's fault", async () => {
    const { source } = setUp(createKeySet([]));
    expect(codeOf(await findKeys(source, header("k1")))).toBe("AUTH_KEYS_UNAVAILABLE");
  });
});
