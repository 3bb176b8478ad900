import { describe, expect, test } from "vitest";
import { expectKey, generateEc, generateRsa } from "../judge/test-keys.fixture.ts";
import { type VerificationKey } from "../model/key.ts";
import { createKeySet } from "../set/key-set.ts";
import { combineKeySources, createStaticKeySource, type KeySource } from "./key-source.ts";

const pem = await expectKey(generateRsa().pem);
const [a, b] = [await expectKey(generateEc("P-256").pem), await expectKey(generateEc("P-384").pem)];

function changing(
  first: readonly VerificationKey[],
): KeySource & { change(keys: readonly VerificationKey[]): void } {
  let set = createKeySet(first);
  let waiting: readonly VerificationKey[] | undefined;
  const listeners = new Set<() => void>();
  return {
    current: () => set,
    change(keys) {
      waiting = keys;
      set = createKeySet(keys, set.generation + 1);
      for (const listener of listeners) listener();
    },
    refresh: async () => waiting !== undefined,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    status: () => ({ state: set.keys.length > 0 ? "ok" : "failed", faults: [] }),
  };
}

describe("sources as one", () => {
  test("a static source always gives the same set", async () => {
    const source = createStaticKeySource([pem]);
    expect(source.current()).toBe(source.current());
    const combined = combineKeySources([source]);
    expect(await combined.refresh?.("x")).toBe(false);
    expect(combined.status?.()).toEqual({ state: "ok", faults: [] });
  });

  test("keys stand in the order of the sources; the generation grows only with a change", async () => {
    const file = changing([a]);
    const combined = combineKeySources([createStaticKeySource([pem]), file]);
    const before = combined.current();
    expect(before.keys).toEqual([pem, a]);
    expect(combined.current()).toBe(before);
    file.change([b]);
    const after = combined.current();
    expect(after.keys).toEqual([pem, b]);
    expect(after.generation).toBeGreaterThan(before.generation);
    expect(combined.current()).toBe(after);
    expect(await combined.refresh?.("x")).toBe(true);
  });

  test("listeners hear of a change until they stop", () => {
    const file = changing([a]);
    const combined = combineKeySources([createStaticKeySource([pem]), file]);
    let calls = 0;
    const stop = combined.subscribe?.(() => (calls += 1));
    file.change([b]);
    stop?.();
    file.change([a]);
    expect(calls).toBe(1);
  });

  test("the worst status counts", () => {
    const file = changing([a]);
    const combined = combineKeySources([createStaticKeySource([pem]), file]);
    file.change([]);
    expect(combined.status?.().state).toBe("failed");
  });
});
