import { createTestKey, type TestKey } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { createKeySet, type KeySet } from "../keys/set/key-set.ts";
import { createStaticKeySource, type KeySource } from "../keys/source/key-source.ts";
import { findKeys } from "./find-keys.ts";
import { codeOf, parseTestKeys } from "./verifier.fixture.ts";

const [first, second, rsa, bare, bareRsa] = await Promise.all([
  createTestKey("ES256", { kid: "k1" }),
  createTestKey("ES256", { kid: "k2" }),
  createTestKey("RS256", { kid: "rsa" }),
  createTestKey("ES256"),
  createTestKey("RS256"),
]);
const setOf = async (...keys: readonly TestKey[]) => createKeySet(await parseTestKeys(...keys));

/** A source that shows `next` after a refresh, or only says so. */
function sourceOf(keySet: KeySet, more: { next?: KeySet; answers?: boolean; state?: "ok" | "failed" } = {}) {
  const asked: string[] = [];
  let current = keySet;
  const source: KeySource = {
    current: () => current,
    async refresh(kid) {
      asked.push(kid);
      if (more.next !== undefined) current = more.next;
      return more.answers ?? more.next !== undefined;
    },
    status: () => ({ state: more.state ?? "ok", faults: [] }),
  };
  return { source, asked };
}

const header = (kid?: string, algorithm = "ES256", namesOwnKey = false) => ({
  algorithm,
  kid,
  namesOwnKey,
  isAccessTyped: false,
});

describe("a key that is known", () => {
  it("is the only one tried, and comes with its generation", async () => {
    const { source, asked } = sourceOf(await setOf(first, second));
    const found = await findKeys(source, header("k2"));
    expect(found).toMatchObject({ ok: true, value: { generation: 0, keys: [{ kid: "k2" }] } });
    expect(found.ok && found.value.keys).toHaveLength(1);
    expect(asked).toEqual([]);
  });

  it("for another algorithm is named, without asking the source again", async () => {
    const { source, asked } = sourceOf(await setOf(first, rsa));
    expect(await findKeys(source, header("rsa"))).toMatchObject({
      fault: {
        code: "AUTH_ALGORITHM_MISMATCH",
        facts: { expected_algorithms: ["RS256"], token_algorithm: "ES256" },
      },
    });
    expect(asked).toEqual([]);
  });
});

describe("a key that is not known", () => {
  it("is looked for in what came, and only when the source says that something did", async () => {
    const next = await setOf(second);
    const told = sourceOf(await setOf(first), { next });
    expect(await findKeys(told.source, header("k2"))).toMatchObject({ value: { keys: [{ kid: "k2" }] } });
    const untold = sourceOf(await setOf(first), { next, answers: false });
    expect(codeOf(await findKeys(untold.source, header("k2")))).toBe("AUTH_KEY_UNKNOWN");
  });

  it("is the server's matter when its source has failed", async () => {
    const { source } = sourceOf(await setOf(first), { state: "failed" });
    expect(codeOf(await findKeys(source, header("k2")))).toBe("AUTH_KEYS_UNAVAILABLE");
    expect(codeOf(await findKeys(source, header("k1")))).toBe("passed");
  });

  it("is refused with what is wrong with the source, which only the operator sees", async () => {
    const fault = { code: "KEY_SOURCE_TIMEOUT", at: "jwksUrl", severity: "error", facts: {} } as const;
    const failed = { state: "failed", faults: [fault] } as const;
    const facts = { key_faults: ["jwksUrl: KEY_SOURCE_TIMEOUT"] };
    for (const keySet of [createKeySet([]), await setOf(first)]) {
      const source = { current: () => keySet, status: () => failed };
      expect(await findKeys(source, header("k2"))).toMatchObject({
        fault: { code: "AUTH_KEYS_UNAVAILABLE", facts },
      });
    }
    expect(await findKeys(createStaticKeySource([]), header("k1"))).toMatchObject({
      fault: { facts: { key_faults: [] } },
    });
  });

  it("is told apart from one that the token brought", async () => {
    const { source } = sourceOf(await setOf(first));
    expect(codeOf(await findKeys(source, header("k2", "ES256", true)))).toBe("AUTH_EMBEDDED_KEY_REFUSED");
    expect(codeOf(await findKeys(source, header("k1", "ES256", true)))).toBe("passed");
  });

  it("is asked for where keys without an id would do, for the right one may be newer", async () => {
    const { source, asked } = sourceOf(await setOf(bare));
    expect(codeOf(await findKeys(source, header("k2")))).toBe("passed");
    expect(asked).toEqual(["k2"]);
  });

  it("is asked for where only the algorithm seems wrong, for a newer one may have it", async () => {
    const { source, asked } = sourceOf(await setOf(bareRsa), { next: await setOf(second) });
    expect(await findKeys(source, header("k2"))).toMatchObject({ value: { keys: [{ kid: "k2" }] } });
    expect(asked).toEqual(["k2"]);
  });

  it("and for an algorithm that nobody has is refused by the algorithm, after a look at the source", async () => {
    const { source, asked } = sourceOf(await setOf(first, rsa));
    expect(await findKeys(source, header("k9", "PS256", true))).toMatchObject({
      fault: { code: "AUTH_ALGORITHM_MISMATCH", facts: { expected_algorithms: ["ES256", "RS256"] } },
    });
    expect(asked).toEqual(["k9"]);
    expect(codeOf(await findKeys(source, header(undefined, "PS256")))).toBe("AUTH_ALGORITHM_MISMATCH");
    expect(asked).toEqual(["k9"]);
  });

  it("and for an algorithm that only keys with an id have names every algorithm once", async () => {
    const { source } = sourceOf(await setOf(first, second, rsa));
    const result = await findKeys(source, header(undefined, "PS384"));
    expect(!result.ok && result.fault.facts["expected_algorithms"]).toEqual(["ES256", "RS256"]);
    // A token without an id names no key, not the one that has none.
    const mixed = await findKeys(sourceOf(await setOf(bare, rsa)).source, header(undefined, "PS384"));
    expect(!mixed.ok && mixed.fault.facts["expected_algorithms"]).toEqual(["ES256", "RS256"]);
  });

  it("and not named is refused without asking the source, with what there is to name", async () => {
    const { source, asked } = sourceOf(await setOf(first, second, rsa));
    expect(await findKeys(source, header(undefined))).toMatchObject({
      fault: {
        code: "AUTH_KEY_ID_MISSING",
        facts: { unverified_kid: "(none)", key_ids: ["k1", "k2", "rsa"] },
      },
    });
    expect(asked).toEqual([]);
    expect(codeOf(await findKeys(source, header("k1")))).toBe("passed");
    expect(codeOf(await findKeys(sourceOf(await setOf(first)).source, header(undefined)))).toBe("passed");
  });

  it("is shown to the operator beside those that there are, both bounded", async () => {
    const [key] = await parseTestKeys(first);
    if (key === undefined) throw new Error("there is one");
    const many = createKeySet(
      Array.from({ length: 12 }, (_, index) => ({ ...key, kid: `${"x".repeat(99)}${index}` })),
    );
    const result = await findKeys(sourceOf(many).source, header("y".repeat(300)));
    if (result.ok) throw new Error("it passed");
    const { unverified_kid: kid, key_ids: ids } = result.fault.facts;
    expect(kid).toBe("y".repeat(100));
    expect(ids).toHaveLength(11);
    expect(Array.isArray(ids) && ids.at(-1)).toBe("(2 more)");
    expect(JSON.stringify(ids).length).toBeLessThan(1_200);
  });

  it("may belong to a source that cannot be asked", async () => {
    const source = createStaticKeySource((await setOf(first)).keys);
    expect(codeOf(await findKeys(source, header("k2")))).toBe("AUTH_KEY_UNKNOWN");
    expect(codeOf(await findKeys(createStaticKeySource([]), header("k1")))).toBe("AUTH_KEYS_UNAVAILABLE");
  });
});
